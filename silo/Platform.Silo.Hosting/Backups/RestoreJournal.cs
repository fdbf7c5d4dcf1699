using System.Globalization;
using Microsoft.Extensions.Options;
using Platform.Hosting.Settings;
using Platform.Journal;
using Platform.Restores;
using Platform.Security;
using Platform.Storage.Backups;

namespace Platform.Silo.Hosting.Backups;

/// <summary>What the journal of endings knows since a backup; read before anything is touched, so that one that was altered stops the restore.</summary>
internal sealed class RestoreJournal(HostArguments arguments, JournalKey key, IOptions<JournalOptions> options, IOptions<PlatformOptions> platform)
{
    public const string From = "--journal";
    public const string Without = "--without-journal";

    /// <summary>What a call that was under way has done after its event was logged may be missing in the backup, though the event is there.</summary>
    private static readonly TimeSpan UnderWay = TimeSpan.FromMinutes(10);

    private ReadJournal? _read;

    /// <summary>By tenant; null: there is no journal.</summary>
    public IReadOnlyDictionary<TenantId, EndingPlan>? Plans { get; private set; }

    /// <param name="since">When the backup was made.</param>
    /// <param name="heads">Where its access logs end.</param>
    /// <exception cref="JournalException">It was altered, or cannot be read.</exception>
    public void Read(DateTimeOffset since, IReadOnlyList<AccessLogHead> heads)
    {
        if (arguments.Has(Without) && arguments.ValueOf(From) is not null) throw new BackupException($"Either {From} or {Without}.");
        if (arguments.Has(Without) || (arguments.ValueOf(From) ?? options.Value.Journal) is not { Length: > 0 } folder) return;
        var byTenant = heads.ToDictionary(head => PrefixedId.Parse<TenantId>(head.Tenant));
        _read = JournalReader.Read(
            folder, platform.Value.Environment, key, since, one => byTenant.TryGetValue(one.Tenant, out var head) && (one.Sequence > head.Sequence || one.At >= since - UnderWay));
        var events = _read.Events.ToLookup(one => one.Tenant);
        Plans = byTenant.ToDictionary(
            tenant => tenant.Key,
            tenant => EndingPlan.Of(TenantHistory.Of(events[tenant.Key], _read.Withdrawn, since, tenant.Value.Sequence, tenant.Value.Hash), tenant.Value.Sequence, _read.Gaps.Count == 0));
    }

    /// <summary>For whoever runs the restore.</summary>
    public IEnumerable<string> Describe(RestoredTenants restored)
    {
        if (_read is null)
        {
            yield return "Without a journal of endings: users who were disabled, rights that were taken away and tenants that were suspended or deleted after the backup are as they were before.";
            foreach (var note in restored.Notes) yield return $"Look at {note}";
            yield break;
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"Journal of endings: {_read.Events.Count:N0} events, the last sign of life at {_read.LastAt?.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC; whole for {restored.Whole:N0} of {restored.Count:N0} tenants.");
        foreach (var gap in _read.Gaps) yield return $"Gap: {gap}";
        if (restored.Whole < restored.Count) yield return "Where it is not whole, API keys are revoked, and passwords lead to the choice of a new one, as without a journal.";
        foreach (var note in restored.Notes) yield return $"Look at {note}";
    }
}
