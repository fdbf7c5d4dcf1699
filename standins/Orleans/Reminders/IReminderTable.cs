using Orleans.Runtime;

namespace Orleans;

/// <summary>Where reminders are kept.</summary>
public interface IReminderTable
{
    Task StartAsync(CancellationToken cancellationToken = default)
#pragma warning disable CS0618 // The default of the new member is the old one, as in Orleans.
        => Init();
#pragma warning restore CS0618

    [Obsolete("Implement and use StartAsync instead")]
    Task Init() => Task.CompletedTask;

    Task<ReminderTableData> ReadRows(GrainId grainId);

    /// <summary>The reminders of grains whose uniform hash is above <paramref name="begin"/> and up to <paramref name="end"/>, around zero; all when both are the same.</summary>
    Task<ReminderTableData> ReadRows(uint begin, uint end);

    Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName);

    Task<string?> UpsertRow(ReminderEntry entry);

    Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag);

    Task TestOnlyClearTable();

    Task StopAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
}

[GenerateSerializer]
public sealed class ReminderTableData
{
    public ReminderTableData() => Reminders = [];

    public ReminderTableData(IEnumerable<ReminderEntry> list) => Reminders = list.ToList();

    public ReminderTableData(ReminderEntry entry) => Reminders = [entry];

    [Id(0)]
    public IList<ReminderEntry> Reminders { get; private set; }

    public override string ToString() => $"[{Reminders.Count} reminders: {string.Join(", ", Reminders)}.";
}

/// <summary>One reminder in a table.</summary>
[GenerateSerializer]
public sealed class ReminderEntry
{
    [Id(0)]
    public GrainId GrainId { get; set; }

    [Id(1)]
    public string ReminderName { get; set; } = null!;

    [Id(2)]
    public DateTime StartAt { get; set; }

    [Id(3)]
    public TimeSpan Period { get; set; }

    [Id(4)]
    public string? ETag { get; set; }

    public override string ToString() => $"<GrainId={GrainId} ReminderName={ReminderName} Period={Period}>";
}

[GenerateSerializer, Immutable]
internal sealed record ReminderData(GrainId GrainId, string ReminderName, string ETag) : IGrainReminder;
