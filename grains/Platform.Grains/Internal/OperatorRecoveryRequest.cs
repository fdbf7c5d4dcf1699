namespace Platform.Internal;

/// <param name="Command">The command of the program by which it was asked for: the actor in the access log.</param>
/// <param name="Password">The new one, which opens no session and is good for choosing another one.</param>
/// <param name="Client">Who ran the command, as the machine knows it.</param>
[GenerateSerializer, Immutable, Alias("platform.OperatorRecoveryRequest")]
internal sealed record OperatorRecoveryRequest([property: Id(0)] string Command, [property: Id(1)] string Password, [property: Id(2)] ClientInfo Client)
{
    /// <summary>Prints no password.</summary>
    public override string ToString() => nameof(OperatorRecoveryRequest);
}

/// <param name="EndedSessions">How many there were.</param>
/// <param name="HadSecondFactor">Whether there was one, which is gone.</param>
[GenerateSerializer, Immutable, Alias("platform.RecoveredOperator")]
internal sealed record RecoveredOperator([property: Id(0)] int EndedSessions, [property: Id(1)] bool HadSecondFactor);
