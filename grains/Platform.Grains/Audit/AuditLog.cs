using System.Collections.Immutable;

namespace Platform.Audit;

/// <summary>Grains write to the access log through this class: first the entry, then the action (threat T74). So there may be an entry without an action, never an action without an entry.</summary>
internal sealed class AuditLog(IGrainFactory grains)
{
    public const string NotCompletedReason = "not_completed";

    /// <summary>On disk when this returns. What acts from another tenant is logged there too.</summary>
    public Task RecordAsync(TenantId tenant, params ImmutableArray<AuditEntry> entries)
    {
        var written = grains.AuditLog(tenant).AppendAsync(entries, CancellationToken.None);
        var copies = entries.Where(e => e.Home is { } home && home != tenant).GroupBy(e => e.Home!.Value).ToArray();
        return copies.Length == 0
            ? written
            : Task.WhenAll([written, .. copies.Select(copy => grains.AuditLog(copy.Key).AppendAsync([.. copy], CancellationToken.None))]);
    }

    /// <summary>Records <paramref name="entry"/>, then makes the change. A change that fails is recorded as such where that is possible.</summary>
    public Task<T> RecordThenAsync<T>(TenantId tenant, AuditEntry entry, Func<Task<T>> change) =>
        RecordThenAsync(tenant, [entry], change);

    /// <inheritdoc cref="RecordThenAsync{T}(TenantId, AuditEntry, Func{Task{T}})"/>
    public async Task<T> RecordThenAsync<T>(TenantId tenant, ImmutableArray<AuditEntry> entries, Func<Task<T>> change)
    {
        await RecordAsync(tenant, entries);
        try
        {
            return await change();
        }
        catch
        {
            await TryRecordAsync(tenant, [.. entries.Select(NotCompleted)]);
            throw;
        }
    }

    /// <inheritdoc cref="RecordThenAsync{T}(TenantId, AuditEntry, Func{Task{T}})"/>
    public Task RecordThenAsync(TenantId tenant, ImmutableArray<AuditEntry> entries, Func<Task> change) =>
        RecordThenAsync(tenant, entries, async () =>
        {
            await change();
            return true;
        });

    public static AuditEntry NotCompleted(AuditEntry entry) => entry with { Outcome = AuditOutcome.Failure, Reason = NotCompletedReason };

    private async Task TryRecordAsync(TenantId tenant, ImmutableArray<AuditEntry> entries)
    {
        try
        {
            await RecordAsync(tenant, entries);
        }
        catch (Exception failure) when (failure is StorageUnavailableException or StorageInputException or TimeoutException)
        {
            // The caller hears of the outage that stopped the change itself.
        }
    }
}
