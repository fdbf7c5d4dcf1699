using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Platform.KeyRotation;

/// <summary>Whether all that runs is as far as a step of the rotation asks.</summary>
internal sealed class MasterKeyHolders(MasterKeyTable table, IClusterMembershipService membership, IOptions<PlatformOptions> options, TimeProvider time)
{
    /// <summary>A host reports every five seconds: one that has not done so for so long is gone, and one that runs has been heard.</summary>
    public static readonly TimeSpan HostsHeard = TimeSpan.FromSeconds(20);

    /// <summary>Whom the step waits for, in words; null: for nobody.</summary>
    /// <param name="rotation">What is under way.</param>
    /// <param name="isThere">Whether a process is as far as that.</param>
    /// <param name="lack">What one that is not lacks.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    public async Task<string?> FindLaggingAsync(MasterKeyRotation rotation, Func<HolderRow, bool> isThere, string lack, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var rows = (await table.HoldersAsync(cancellationToken)).ToDictionary(row => row.Process, StringComparer.Ordinal);
        var silos = membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => NameOf(member.SiloAddress)).ToArray();
        var hosts = rows.Values.Where(row => !row.IsSilo && (now - row.SeenAt).Duration() < HostsHeard).Select(row => row.Process);
        var lagging = silos.Concat(hosts).Where(process => !rows.TryGetValue(process, out var row) || !isThere(row)).Order(StringComparer.Ordinal).ToArray();
        if (lagging.Length > 0) return $"{string.Join(", ", lagging)} ({lack})";

        // A host that has not been heard yet may run all the same.
        return options.Value.Topology != Topology.Embedded && (now - rotation.AnnouncedAt).Duration() < HostsHeard ? "API hosts that may run elsewhere" : null;
    }

    /// <summary>As a silo reports itself.</summary>
    public static string NameOf(SiloAddress silo) => "silo " + silo.ToParsableString();
}
