using System.Collections.Immutable;
using System.Security.Cryptography;
using Orleans.Concurrency;
using Platform.Sessions;

namespace Platform.Benchmarks.FirstLooks;

/// <summary>A first look as it would travel with others.</summary>
[GenerateSerializer, Immutable, Alias("platform.benchmarks.BatchedLook")]
public readonly record struct BatchedLook([property: Id(0)] SessionId Session, [property: Id(1)] ImmutableArray<byte> SecretHash);

/// <summary>
/// What the platform does not have: many first looks in one call, answered from the memory of the silo without a call to each session's grain. It is the cheapest that a batch can be, so what it saves is the most that one can save.
/// </summary>
[Alias("platform.benchmarks.IBatchedLooksGrain")]
public interface IBatchedLooksGrain : IGrainWithIntegerKey
{
    [Alias("Peek")]
    Task<ImmutableArray<SessionCheck>> PeekAsync(ImmutableArray<BatchedLook> looks, CancellationToken cancellationToken);
}

[StatelessWorker, Reentrant]
public sealed class BatchedLooksGrain(LiveSessions sessions, TimeProvider time) : Grain, IBatchedLooksGrain
{
    public Task<ImmutableArray<SessionCheck>> PeekAsync(ImmutableArray<BatchedLook> looks, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return Task.FromResult(ImmutableArray.CreateRange(looks, look => Peek(look, now)));
    }

    private SessionCheck Peek(BatchedLook look, DateTimeOffset now) =>
        sessions.TryGet(look.Session, out var live) && live.Peek(look.SecretHash.AsSpan(), null, now) == SessionState.Live
            ? new SessionCheck(SessionState.Live, live.ToView(), "a silo's address, as a real answer has it")
            : throw new CryptographicException("A session of the measurement is not in memory.");
}
