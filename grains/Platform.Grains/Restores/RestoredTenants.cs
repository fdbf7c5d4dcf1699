using System.Globalization;
using Platform.Internal;
using Platform.Tenants;

namespace Platform.Restores;

/// <summary>What a restore has gone through, for whoever runs it.</summary>
internal sealed class RestoredTenants
{
    private readonly List<string> _notes = [];

    public int Count { get; private set; }

    /// <summary>Tenants of which the journal knows all that has happened since the backup.</summary>
    public int Whole { get; private set; }

    /// <summary>What somebody has to look at, a line for each tenant.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <param name="tenant">As it was in the backup.</param>
    /// <param name="restore">With what is known of the tenant.</param>
    /// <param name="hasManager">Somebody is left who manages its users.</param>
    public void Add(TenantView tenant, PlatformRestore restore, bool hasManager)
    {
        var (slug, endings) = (tenant.Slug, restore.Endings);
        Count++;
        if (TenantRestore.IsOverdue(slug, tenant.Status, tenant.DeletesAt, restore))
        {
            _notes.Add(string.Create(CultureInfo.InvariantCulture, $"{slug}: it was to be deleted at {tenant.DeletesAt!.Value.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, and nobody knows whether that was taken back. It is suspended, and goes after a last notice. If it is to live: PATCH /v1/operator/tenants/{slug} {{ \"deletesAt\": null, \"status\": \"active\" }}"));
        }

        if (endings is { IsWhole: true }) Whole++;
        if (endings is { Review.IsEmpty: false }) _notes.Add(string.Create(CultureInfo.InvariantCulture, $"{slug}: {endings.Review.Length:N0} changes that nobody but its managers can repeat; tenant.restored in its access log names them."));
        if (!hasManager) _notes.Add($"{slug}: nobody is left who manages its users.");
    }
}
