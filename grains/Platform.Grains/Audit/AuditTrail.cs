using System.Collections.Immutable;

namespace Platform.Audit;

/// <summary>How grains write to the access log: first the entry, then what it tells about (threat T74). So there may be an entry without an action, never an action without an entry.</summary>
internal static class AuditTrail
{
    private const string NotCompletedReason = "not_completed";

    /// <summary>On disk when this returns. What acts from another tenant is logged there too.</summary>
    public static Task RecordAsync(this IGrainFactory grains, TenantId tenant, params ImmutableArray<AuditEntry> entries)
    {
        var written = grains.AuditLog(tenant).AppendAsync(entries, CancellationToken.None);
        var copies = entries.Where(e => e.Home is { } home && home != tenant).GroupBy(e => e.Home!.Value).ToArray();
        return copies.Length == 0
            ? written
            : Task.WhenAll([written, .. copies.Select(copy => grains.AuditLog(copy.Key).AppendAsync([.. copy], CancellationToken.None))]);
    }

    /// <summary>Records <paramref name="entry"/>, then makes the change. A change that fails is recorded as such where that is possible.</summary>
    public static Task<T> RecordThenAsync<T>(this IGrainFactory grains, TenantId tenant, AuditEntry entry, Func<Task<T>> change) =>
        grains.RecordThenAsync(tenant, [entry], change);

    /// <inheritdoc cref="RecordThenAsync{T}(IGrainFactory, TenantId, AuditEntry, Func{Task{T}})"/>
    public static async Task<T> RecordThenAsync<T>(this IGrainFactory grains, TenantId tenant, ImmutableArray<AuditEntry> entries, Func<Task<T>> change)
    {
        await grains.RecordAsync(tenant, entries);
        try
        {
            return await change();
        }
        catch
        {
            await grains.TryRecordAsync(tenant, [.. entries.Select(NotCompleted)]);
            throw;
        }
    }

    /// <inheritdoc cref="RecordThenAsync{T}(IGrainFactory, TenantId, AuditEntry, Func{Task{T}})"/>
    public static Task RecordThenAsync(this IGrainFactory grains, TenantId tenant, ImmutableArray<AuditEntry> entries, Func<Task> change) =>
        grains.RecordThenAsync(tenant, entries, async () =>
        {
            await change();
            return true;
        });

    public static AuditEntry NotCompleted(AuditEntry entry) => entry with { Outcome = AuditOutcome.Failure, Reason = NotCompletedReason };

    private static async Task TryRecordAsync(this IGrainFactory grains, TenantId tenant, ImmutableArray<AuditEntry> entries)
    {
        try
        {
            await grains.RecordAsync(tenant, entries);
        }
        catch (Exception failure) when (failure is StorageUnavailableException or StorageInputException or TimeoutException)
        {
            // The caller hears of the outage that stopped the change itself.
        }
    }
}
