using System.Collections.Immutable;
using System.Globalization;
using Platform.Audit;
using Platform.Journal;
using Platform.Security;

namespace Platform.Grains.Tests.Journal;

/// <summary>A folder with a journal, and events for it.</summary>
internal sealed class JournalSample : IDisposable
{
    public const string Environment = "test";
    public const string Genesis = "00";

    private readonly MasterKey _master = new(new byte[32]);

    public static TenantId Tenant { get; } = TenantId.From(new Guid(7, 0, 0, new byte[8]));

    public static DateTimeOffset Start { get; } = new(2026, 11, 30, 1, 0, 0, TimeSpan.Zero);

    public JournalSample() => Key = new JournalKey(_master);

    public string Folder { get; } = Directory.CreateTempSubdirectory("journal-").FullName;

    public JournalKey Key { get; }

    /// <param name="sequence">Its place in the log.</param>
    /// <param name="previous">Hash of the one before.</param>
    /// <param name="branch">Tells apart what follows from the same one.</param>
    public static JournalEvent Event(long sequence, string previous, string branch = "", string action = AuditActions.UserUpdated, string? target = null, int second = 0, params ImmutableArray<JournalChange> changes) => new()
    {
        At = Start + TimeSpan.FromSeconds(second == 0 ? sequence : second),
        Tenant = Tenant,
        Sequence = sequence,
        Previous = previous,
        Hash = sequence.ToString("x4", CultureInfo.InvariantCulture) + branch,
        Action = action,
        Outcome = AuditOutcome.Success,
        Actor = "usr_1",
        Target = target,
        Changes = changes,
    };

    /// <summary>Events that follow each other after the one with this hash.</summary>
    public static JournalEvent[] Row(int count, long after = 0, string previous = Genesis, string branch = "")
    {
        var row = new JournalEvent[count];
        for (var i = 0; i < count; i++) row[i] = Event(after + i + 1, i == 0 ? previous : row[i - 1].Hash, branch);
        return row;
    }

    public string Write(params IReadOnlyList<JournalLine> lines) => Write(Start, lines);

    public string Write(DateTimeOffset openedAt, params IReadOnlyList<JournalLine> lines)
    {
        using var file = JournalFile.Create(Folder, Environment, Key, openedAt);
        foreach (var line in lines) file.Write([line]);
        return file.Path;
    }

    public ReadJournal Read(JournalKey? key = null) => JournalReader.Read(Folder, Environment, key ?? Key, Start, _ => true);

    public void Dispose()
    {
        _master.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
