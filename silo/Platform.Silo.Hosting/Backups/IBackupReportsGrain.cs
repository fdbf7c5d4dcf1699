namespace Platform.Silo.Hosting.Backups;

/// <summary>The same grain as <c>IBackupsGrain</c>, as silos tell it what they do. It remembers in memory: a failure is told again by the next try, and what counts lies in the folder.</summary>
[Alias("platform.IBackupReportsGrain")]
internal interface IBackupReportsGrain : IGrainWithStringKey
{
    /// <summary>At the beginning of a backup and at its end.</summary>
    [Alias("Report")]
    Task ReportAsync(BackupReport report, CancellationToken cancellationToken);
}

/// <summary>A backup that has begun or has ended.</summary>
[GenerateSerializer, Immutable, Alias("platform.BackupReport")]
internal sealed record BackupReport
{
    [Id(0)] public required string Name { get; init; }
    [Id(1)] public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Null: the schedule.</summary>
    [Id(2)] public UserId? RequestedBy { get; init; }

    /// <summary>Null: it has begun.</summary>
    [Id(3)] public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Null: it is good.</summary>
    [Id(4)] public string? Failure { get; init; }

    /// <summary>Address of the silo that makes it.</summary>
    [Id(5)] public required string Node { get; init; }
}

internal static class BackupGrains
{
    /// <summary>With the key that <c>Backups()</c> has.</summary>
    public static IBackupReportsGrain BackupReports(this IGrainFactory grains) => grains.GetGrain<IBackupReportsGrain>("backups");
}
