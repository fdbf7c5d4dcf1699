namespace Platform.Security;

/// <summary>A grain call came without the credential of this cluster; nothing was done. A host answers 503: its caller is not at fault. Says no more, on purpose.</summary>
[GenerateSerializer, Alias("platform.CallDeniedException")]
public sealed class CallDeniedException : Exception
{
    public CallDeniedException() : this("The call was refused.") { }

    public CallDeniedException(string message) : base(message) { }

    public CallDeniedException(string message, Exception innerException) : base(message, innerException) { }
}
