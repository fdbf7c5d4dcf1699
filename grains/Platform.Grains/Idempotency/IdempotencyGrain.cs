using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Orleans.Concurrency;
using Platform.Clocks;
using Platform.Internal;
using Platform.Security;
using Platform.Tenants;

namespace Platform.Idempotency;

[StatelessWorker, Reentrant]
internal sealed class IdempotencyGrain(IdempotencyKeyTable keys, PersonalData personal, IndexKey index, TimeProvider time) : Grain, IIdempotencyGrain
{
    /// <summary>Longer than any call runs: whoever began it and has not answered by then is gone.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    public async Task<IdempotencyStart> BeginAsync(Actor actor, string key, ImmutableArray<byte> requestHash, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var owned = Owned(actor, key);
        var fresh = new IdempotencyRow { RequestHash = requestHash, OperationId = Guid.CreateVersion7(now), RunningUntil = now + Timeout, Answer = null };
        var usage = GrainFactory.TenantUsage(actor.TenantId);
        var hasPlace = await usage.TakeAsync(TenantObject.IdempotencyKey, cancellationToken);
        if (hasPlace && await usage.UseAsync(TenantObject.IdempotencyKey, () => keys.TryAddAsync(owned, fresh, now + IdempotencyKeyTable.Retention, cancellationToken), added => added)) return new IdempotencyStart(IdempotencyState.Begun, fresh.OperationId, null);

        // A key that is kept already needs no place: whoever calls again is answered, however many keys there are.
        if (await keys.FindAsync(owned, cancellationToken) is not { } known)
        {
            return new IdempotencyStart(IdempotencyState.UnderWay, default, null) { RetryAfter = hasPlace ? null : await WaitAsync(actor.TenantId, now, cancellationToken) };
        }

        if (!known.RequestHash.AsSpan().SequenceEqual(requestHash.AsSpan())) return new IdempotencyStart(IdempotencyState.Mismatch, default, null);
        if (known.Answer is { } answer)
        {
            // The master key that wrapped it is retired: withheld likewise.
            if (answer.Body.IsEmpty) return new IdempotencyStart(IdempotencyState.Mismatch, default, null);

            // The subject has been erased since: the stored response is withheld, the key remains consumed.
            return await OpenAsync(owned, answer, cancellationToken) is { } opened
                ? new IdempotencyStart(IdempotencyState.Answered, known.OperationId, opened)
                : new IdempotencyStart(IdempotencyState.Mismatch, default, null);
        }

        var mine = !StoredTime.IsOpen(known.RunningUntil, Timeout, now) && await keys.TryTakeOverAsync(owned, known.RunningUntil, now + Timeout, cancellationToken);
        return new IdempotencyStart(mine ? IdempotencyState.TakenOver : IdempotencyState.UnderWay, known.OperationId, null);
    }

    public async Task CompleteAsync(Actor actor, string key, IdempotentAnswer answer, CancellationToken cancellationToken)
    {
        var owned = Owned(actor, key);
        var kept = answer.About is { } about
            ? answer with { Body = [.. await personal.SealAsync(about.ToString(), answer.Body.AsMemory(), Context(owned), cancellationToken)] }
            : answer;
        await keys.AnswerAsync(owned, kept, cancellationToken);
    }

    public async Task ReleaseAsync(Actor actor, string key, bool forget, CancellationToken cancellationToken)
    {
        if (!forget) await keys.ReleaseAsync(Owned(actor, key), time.GetUtcNow(), cancellationToken);
        else if (await keys.RemoveAsync(Owned(actor, key), cancellationToken)) await GrainFactory.TenantUsage(actor.TenantId).GiveBackAsync(TenantObject.IdempotencyKey);
    }

    /// <summary>Until the first key of the tenant expires.</summary>
    private async Task<TimeSpan> WaitAsync(TenantId tenant, DateTimeOffset now, CancellationToken cancellationToken) =>
        await keys.FindFirstExpiryAsync(tenant, now, cancellationToken) is { } first ? StoredTime.EndOf(first, IdempotencyKeyTable.Retention, now) - now : TimeSpan.Zero;

    /// <summary>Null: of somebody who was erased.</summary>
    private async Task<IdempotentAnswer?> OpenAsync(IdempotencyKey owned, IdempotentAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.About?.ToString() is not { } about) return answer;
        var opened = PersonalData.Open(await personal.OpeningKeysAsync([about], cancellationToken), about, answer.Body.AsSpan(), Context(owned));
        if (opened.Erased) return null;
        return opened.Plain is { } body ? answer with { Body = [.. body] } : throw new StorageUnavailableException("A kept answer cannot be read.");
    }

    private static string Context(IdempotencyKey owned) => $"idempotent-answer:{owned.TenantId}/{owned.UserId}/{owned.Key}";

    /// <summary>By a keyed hash: what callers choose as a key may be an address. API keys act for no user, so each one's own id keeps it apart from the others.</summary>
    private IdempotencyKey Owned(Actor actor, string key) =>
        new(actor.TenantId, actor.UserId, Convert.ToHexStringLower(HMACSHA256.HashData(index.Derive("idempotency-key"), Encoding.UTF8.GetBytes($"{actor.ApiKey}\n{key}"))));
}
