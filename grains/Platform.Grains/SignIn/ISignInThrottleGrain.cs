using Orleans.Concurrency;

namespace Platform.SignIn;

/// <summary>Whether an attempt may be evaluated. An admitted one must be concluded.</summary>
/// <param name="Wait">Null: admitted. Otherwise how long to wait before the next try.</param>
/// <param name="FirstOfBlock">The first refusal of this network since it was blocked, as far as this activation knows.</param>
/// <param name="IsKnown">The owner has signed in from this network lately.</param>
[GenerateSerializer, Immutable, Alias("platform.Admission")]
internal sealed record Admission([property: Id(0)] TimeSpan? Wait, [property: Id(1)] bool FirstOfBlock = false, [property: Id(2)] bool IsKnown = false);

/// <summary>
/// Key: <c>grd_&lt;tenant&gt;/&lt;name index&gt;</c>. Slows down guesses at one account, whether it exists or not, for all hosts together and across restarts.
/// </summary>
[Alias("platform.ISignInGuardGrain")]
internal interface ISignInThrottleGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes an attempt in before anything is hashed. Attempts beyond what the budget could bear if all failed wait for the outcome of those before them,
    /// so that parallel guesses cannot exceed it and honest parallel sign-ins all succeed.
    /// </summary>
    [Alias("Admit"), AlwaysInterleave, ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Admission> AdmitAsync(string network, CancellationToken cancellationToken);

    /// <summary>The outcome of an admitted attempt; a failure is on disk when this returns. Null: it was not evaluated.</summary>
    [Alias("Conclude"), AlwaysInterleave]
    Task ConcludeAsync(string network, bool? succeeded, CancellationToken cancellationToken);

    /// <summary>The notification that was due is in the outbox.</summary>
    [Alias("Notified"), AlwaysInterleave]
    Task NotifiedAsync(CancellationToken cancellationToken);

    /// <summary>The account was erased: networks that failed at it are not kept.</summary>
    [Alias("Forget"), AlwaysInterleave]
    Task ForgetAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Key as the guard's. Writes the notifications about repeated failures after the attempt was answered, so that the answer takes as long for accounts
/// that do not exist. The guard asks again with each attempt until it is done.
/// </summary>
[Alias("platform.ISignInAlarmGrain")]
internal interface IFailedSignInAlertGrain : IGrainWithStringKey
{
    /// <param name="network">Of the failure that asked for it.</param>
    /// <param name="since">When the notification became due. It is sent once, however many failures come before it is written.</param>
    [Alias("Raise"), OneWay]
    Task RaiseAsync(string network, DateTimeOffset since);
}
