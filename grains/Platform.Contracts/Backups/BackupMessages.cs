using System.Collections.Immutable;

namespace Platform.Backups;

/// <summary>The backups that the platform makes by the clock.</summary>
[GenerateSerializer, Immutable, Alias("platform.BackupsView")]
public sealed record BackupsView
{
    /// <summary>No target is set: no backup is made by the clock.</summary>
    public static readonly BackupsView NotConfigured = new();

    /// <summary>Null: none are made.</summary>
    [Id(0)] public BackupScheduleView? Schedule { get; init; }

    /// <summary>Two intervals have passed without one that was verified.</summary>
    [Id(1)] public bool IsLate { get; init; }

    /// <summary>When the schedule makes the next one, or tries again; a little later by chance.</summary>
    [Id(2)] public DateTimeOffset? NextDueAt { get; init; }

    /// <summary>The one that is being made.</summary>
    [Id(3)] public BackupRunView? Running { get; init; }

    /// <summary>Of the last one that was not made or not verified, unless one has been since.</summary>
    [Id(4)] public BackupFailureView? LastFailure { get; init; }

    /// <summary>What lies in the folder, newest first.</summary>
    [Id(5)] public ImmutableArray<BackupView> Backups { get; init; } = [];
}

/// <summary>Where backups go, how often, and how long they stay.</summary>
[GenerateSerializer, Immutable, Alias("platform.BackupScheduleView")]
public sealed record BackupScheduleView
{
    /// <summary>A path on the silos. For operators only.</summary>
    [Id(0)] public required string Folder { get; init; }
    [Id(1)] public required TimeSpan Interval { get; init; }

    /// <summary>Hours, days, weeks and months of which the newest backup stays.</summary>
    [Id(2)] public required int Hourly { get; init; }
    [Id(3)] public required int Daily { get; init; }
    [Id(4)] public required int Weekly { get; init; }
    [Id(5)] public required int Monthly { get; init; }
    [Id(6)] public required TimeSpan DataKeysKept { get; init; }
}

/// <summary>A backup that is being made.</summary>
[GenerateSerializer, Immutable, Alias("platform.BackupRunView")]
public sealed record BackupRunView
{
    /// <summary>Null where another process makes it (<c>./run backup</c>), which says nothing of it.</summary>
    [Id(0)] public string? Name { get; init; }
    [Id(1)] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Null: the schedule, or a command.</summary>
    [Id(2)] public UserId? RequestedBy { get; init; }

    /// <summary>Address of the silo that makes it; null likewise.</summary>
    [Id(3)] public string? Node { get; init; }
}

/// <summary>Why there is no good backup of a time.</summary>
/// <param name="At">When it was found out.</param>
/// <param name="Reason">For operators only: it may name paths and settings.</param>
[GenerateSerializer, Immutable, Alias("platform.BackupFailureView")]
public sealed record BackupFailureView([property: Id(0)] DateTimeOffset At, [property: Id(1)] string Reason);

/// <summary>How a backup was verified.</summary>
public enum BackupVerdict
{
    /// <summary>Not yet.</summary>
    Pending = 0,

    /// <summary>It would not do.</summary>
    Failed = 1,

    /// <summary>Its bytes are those that were written. It is for recipients, whose keys the platform does not have.</summary>
    Checksums = 2,

    /// <summary>It was restored into a scratch database and found whole.</summary>
    Restored = 3,
}

/// <summary>A backup in the folder.</summary>
[GenerateSerializer, Immutable, Alias("platform.BackupView")]
public sealed record BackupView
{
    [Id(0)] public required string Name { get; init; }
    [Id(1)] public required DateTimeOffset MadeAt { get; init; }
    [Id(2)] public required long Bytes { get; init; }
    [Id(3)] public required BackupVerdict Verification { get; init; }

    /// <summary>Why it was not verified; null where it was, or nobody has tried.</summary>
    [Id(4)] public string? Reason { get; init; }

    /// <summary>Older ones lose them, so that an erasure stays one.</summary>
    [Id(5)] public required bool HasDataKeys { get; init; }

    /// <summary>As what it stays: <c>hourly</c>, <c>daily</c>, <c>weekly</c>, <c>monthly</c>. Empty where it is not verified.</summary>
    [Id(6)] public ImmutableArray<string> KeptAs { get; init; } = [];
}
