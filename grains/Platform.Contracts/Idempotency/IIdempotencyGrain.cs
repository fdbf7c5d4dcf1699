using System.Collections.Immutable;

namespace Platform.Idempotency;

/// <summary>The way in which a host handles a call with an <c>Idempotency-Key</c>.</summary>
public enum IdempotencyState
{
    /// <summary>The caller runs it, now and alone.</summary>
    Begun = 0,

    /// <summary>The first call has been answered: the host sends the same answer again and does nothing.</summary>
    Answered = 1,

    /// <summary>The key belongs to another request.</summary>
    Mismatch = 2,

    /// <summary>The first call is still running.</summary>
    UnderWay = 3,

    /// <summary>The caller runs it, alone, after a call whose outcome is open: that call may have created the resource.</summary>
    TakenOver = 4,
}

[GenerateSerializer, Immutable, Alias("platform.IdempotentAnswer")]
public sealed record IdempotentAnswer
{
    [Id(0)] public required int Status { get; init; }
    [Id(1)] public required string? Location { get; init; }

    /// <summary>JSON, sealed by the host.</summary>
    [Id(2)] public required ImmutableArray<byte> Body { get; init; }

    /// <summary>The person whom the answer is about, under whose data key it is kept; null: it is about nobody.</summary>
    [Id(3)] public UserId? About { get; init; }

    /// <summary>Prints no body.</summary>
    public override string ToString() => $"IdempotentAnswer {{ Status = {Status} }}";
}

/// <param name="State">What to do.</param>
/// <param name="OperationId">
/// The id for the created resource. It stays with the key, so that a call that takes over after a crash finds the resource of the first call instead of creating a second one.
/// </param>
/// <param name="Answer">Present exactly when <see cref="IdempotencyState.Answered"/>.</param>
[GenerateSerializer, Immutable, Alias("platform.IdempotencyStart")]
public sealed record IdempotencyStart([property: Id(0)] IdempotencyState State, [property: Id(1)] Guid OperationId, [property: Id(2)] IdempotentAnswer? Answer)
{
    /// <summary>
    /// Present where the tenant has as many keys as its edition keeps and this one is not among them: how long until the first of them expires. <see cref="State"/> is
    /// <see cref="IdempotencyState.UnderWay"/> then, so that a host of an earlier version does not run the call either.
    /// </summary>
    [Id(3)] public TimeSpan? RetryAfter { get; init; }
}

/// <summary>Remembers calls by key, tenant and actor for 24 hours (key <c>idempotency_</c>, stateless; the table of keys decides).</summary>
[Alias("platform.IIdempotencyGrain")]
public interface IIdempotencyGrain : IGrainWithStringKey
{
    [Alias("Begin")]
    Task<IdempotencyStart> BeginAsync(Actor actor, string key, ImmutableArray<byte> requestHash, CancellationToken cancellationToken);

    [Alias("Complete")]
    Task CompleteAsync(Actor actor, string key, IdempotentAnswer answer, CancellationToken cancellationToken);

    /// <summary>The call was refused and made nothing (<paramref name="forget"/>), or its outcome is open: then the next call with the key takes over at once.</summary>
    [Alias("Release")]
    Task ReleaseAsync(Actor actor, string key, bool forget, CancellationToken cancellationToken);
}
