using Platform.Idempotency;
using Platform.Internal;
using Platform.Scenarios;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Quotas;

/// <summary>Takes turns. The tables are the authority: it counts their rows at first, and again before it refuses.</summary>
internal sealed class TenantUsageGrain(UserTable users, ScenarioTable scenarios, IdempotencyKeyTable keys, TimeProvider time) : Grain, ITenantUsageGrain
{
    /// <summary>So often at most is counted again, however many are refused.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<TenantObject, Usage> _usage = [];
    private TenantId _tenant;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _tenant = TenantUsageGrains.TenantOf(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public async Task<bool> TakeAsync(TenantObject kind, CancellationToken cancellationToken)
    {
        if (await GrainFactory.TenantInternal(_tenant).FindAsync(cancellationToken) is not { Edition: var edition, Status: var status }) return true;
        if (status == TenantStatus.Deleting) return false;
        var quota = TenantQuotas.Of(kind, edition);
        if (!_usage.TryGetValue(kind, out var usage)) _usage.Add(kind, usage = await CountAsync(kind, pending: 0, cancellationToken));
        if (usage.Made + usage.Pending >= quota && time.GetElapsedTime(usage.CountedAt) >= Pause) usage = await CountAsync(kind, usage.Pending, cancellationToken);
        var taken = usage.Made + usage.Pending < quota;
        _usage[kind] = taken ? usage with { Pending = usage.Pending + 1 } : usage;
        return taken;
    }

    public Task SettleAsync(TenantObject kind, bool made, CancellationToken cancellationToken)
    {
        if (_usage.TryGetValue(kind, out var usage) && usage.Pending > 0) _usage[kind] = usage with { Pending = usage.Pending - 1, Made = usage.Made + (made ? 1 : 0) };
        return Task.CompletedTask;
    }

    public Task GiveBackAsync(TenantObject kind)
    {
        if (_usage.TryGetValue(kind, out var usage)) _usage[kind] = usage with { Made = Math.Max(0, usage.Made - 1) };
        return Task.CompletedTask;
    }

    /// <summary>What is being made may have its row already and then counts twice: a place too few for a moment, never one too many.</summary>
    private async Task<Usage> CountAsync(TenantObject kind, int pending, CancellationToken cancellationToken)
    {
        var made = kind switch
        {
            TenantObject.User => await users.CountAsync(_tenant, cancellationToken),
            TenantObject.Scenario => await scenarios.CountAsync(_tenant, cancellationToken),
            TenantObject.IdempotencyKey => await keys.CountAsync(_tenant, time.GetUtcNow(), cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Nothing counts these."),
        };
        return new Usage(made, pending, time.GetTimestamp());
    }

    private readonly record struct Usage(long Made, int Pending, long CountedAt);
}
