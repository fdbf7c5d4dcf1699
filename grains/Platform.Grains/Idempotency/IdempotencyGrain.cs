using System.Collections.Immutable;
using Orleans.Concurrency;
using Platform.Users;

namespace Platform.Idempotency;

[StatelessWorker, Reentrant]
public sealed class IdempotencyGrain(IIdempotencyKeys keys, TimeProvider time) : Grain, IIdempotencyGrain
{
    private static readonly TimeSpan Retention = TimeSpan.FromHours(24);

    /// <summary>Longer than any call runs: whoever began it and has not answered by then is gone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public async Task<IdempotencyStart> BeginAsync(Actor actor, string key, ImmutableArray<byte> requestHash, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var owned = Owned(actor, key);
        var fresh = new IdempotencyRow { RequestHash = requestHash, OperationId = Guid.CreateVersion7(now), RunningUntil = now + Patience, Answer = null };
        if (await keys.TryAddAsync(owned, fresh, now + Retention, cancellationToken)) return new IdempotencyStart(IdempotencyState.Begun, fresh.OperationId, null);
        if (await keys.FindAsync(owned, cancellationToken) is not { } known) return new IdempotencyStart(IdempotencyState.UnderWay, default, null);
        if (!known.RequestHash.AsSpan().SequenceEqual(requestHash.AsSpan())) return new IdempotencyStart(IdempotencyState.Mismatch, default, null);
        if (known.Answer is not null) return new IdempotencyStart(IdempotencyState.Answered, known.OperationId, known.Answer);
        var mine = known.RunningUntil <= now && await keys.TryTakeOverAsync(owned, now, now + Patience, cancellationToken);
        return new IdempotencyStart(mine ? IdempotencyState.TakenOver : IdempotencyState.UnderWay, known.OperationId, null);
    }

    public Task CompleteAsync(Actor actor, string key, IdempotentAnswer answer, CancellationToken cancellationToken) =>
        keys.AnswerAsync(Owned(actor, key), answer, cancellationToken);

    public Task ReleaseAsync(Actor actor, string key, bool forget, CancellationToken cancellationToken) => forget
        ? keys.RemoveAsync(Owned(actor, key), cancellationToken)
        : keys.ReleaseAsync(Owned(actor, key), time.GetUtcNow(), cancellationToken);

    private static IdempotencyKey Owned(Actor actor, string key) => new(actor.TenantId, actor.UserId, key);
}
