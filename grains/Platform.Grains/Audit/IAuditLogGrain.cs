using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Platform.Audit;

/// <summary>
/// Key: <c>aud_&lt;tenant&gt;</c>. The only writer of a tenant's access log; keeps the head of its hash chain (rows LOGS, PRIVACY). Between grains only: hosts
/// read through <see cref="IAuditReaderGrain"/> and cannot write.
/// </summary>
[Alias("platform.IAuditLogGrain")]
internal interface IAuditLogGrain : IGrainWithStringKey
{
    /// <summary>The entries are on disk, in this order and side by side, when this returns. Calls that come at the same time share a write.</summary>
    /// <exception cref="StorageUnavailableException">It is not certain that they are on disk: the caller must not perform the action (threat T74).</exception>
    [Alias("Append"), AlwaysInterleave]
    Task AppendAsync(ImmutableArray<AuditEntry> entries, CancellationToken cancellationToken);

    /// <summary>Returns when all entries that were sealed before this call are written, or are not.</summary>
    [Alias("Settle"), AlwaysInterleave]
    Task SettleAsync(CancellationToken cancellationToken);

    /// <summary>The last event as this log knows it.</summary>
    [Alias("Head"), AlwaysInterleave]
    Task<AuditHeadView> HeadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The tenant is gone: <paramref name="last"/> is the last event of this log, and a signed checkpoint lies on it. All of that is one commit, after which the log takes nothing and may be swept. Repeating it
    /// returns the same head.
    /// </summary>
    [Alias("Close"), AlwaysInterleave]
    Task<AuditHeadView> CloseAsync(AuditEntry last, CancellationToken cancellationToken);
}

[GenerateSerializer, Immutable, Alias("platform.AuditHeadView")]
internal sealed record AuditHeadView([property: Id(0)] long Sequence, [property: Id(1)] ImmutableArray<byte> Hash);

internal static class AuditGrains
{
    private const string Prefix = "aud_";

    public static IAuditLogGrain AuditLog(this IGrainFactory grains, TenantId tenant) => grains.GetGrain<IAuditLogGrain>(Prefix + tenant);

    public static IAuditSigningGrain AuditSigning(this IGrainFactory grains, string environment) => grains.GetGrain<IAuditSigningGrain>("audkey_" + environment);

    public static TenantId TenantOf(string key) => PrefixedId.Parse<TenantId>(key[Prefix.Length..]);
}
