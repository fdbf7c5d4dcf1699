using Platform.Backups;

namespace Platform.Api.Backups;

/// <summary>The backups that the platform makes by the clock.</summary>
/// <param name="Schedule">Null: no folder is set, and none are made.</param>
/// <param name="Late">Two intervals have passed without a backup that was verified.</param>
/// <param name="NextDueAt">When the schedule makes the next one, or tries again; a little later by chance.</param>
/// <param name="Running">The one that is being made; null: none.</param>
/// <param name="LastFailure">Why the last one was not made or not verified; null once one was.</param>
/// <param name="Backups">What lies in the folder, newest first.</param>
internal sealed record BackupsBody(BackupScheduleBody? Schedule, bool Late, DateTimeOffset? NextDueAt, BackupRunBody? Running, BackupFailureBody? LastFailure, IReadOnlyList<BackupBody> Backups)
{
    public static BackupsBody Of(BackupsView view) => new(
        view.Schedule is { } schedule ? BackupScheduleBody.Of(schedule) : null,
        view.IsLate,
        view.NextDueAt,
        view.Running is { } running ? BackupRunBody.Of(running) : null,
        view.LastFailure is { } failure ? new BackupFailureBody(failure.At, failure.Reason) : null,
        [.. view.Backups.Select(BackupBody.Of)]);
}

/// <summary>Where backups go, how often, and how long they stay.</summary>
/// <param name="Folder">On the silos.</param>
/// <param name="Interval">Between two backups.</param>
/// <param name="Kept">Of how many hours, days, weeks and months the newest stays.</param>
/// <param name="DataKeysKept">Older backups lose their data keys.</param>
internal sealed record BackupScheduleBody(string Folder, TimeSpan Interval, BackupTiersBody Kept, TimeSpan DataKeysKept)
{
    public static BackupScheduleBody Of(BackupScheduleView view) =>
        new(view.Folder, view.Interval, new BackupTiersBody(view.Hourly, view.Daily, view.Weekly, view.Monthly), view.DataKeysKept);
}

/// <summary>Of how many periods the newest backup stays.</summary>
internal sealed record BackupTiersBody(int Hourly, int Daily, int Weekly, int Monthly);

/// <summary>A backup that is being made.</summary>
/// <param name="Backup">Its name; null where <c>./run backup</c> makes it, which says nothing of it.</param>
/// <param name="StartedAt">Null likewise.</param>
/// <param name="RequestedBy">The operator who asked for it; null: the schedule, or a command.</param>
/// <param name="Node">Address of the silo that makes it; null likewise.</param>
internal sealed record BackupRunBody(string? Backup, DateTimeOffset? StartedAt, UserId? RequestedBy, string? Node)
{
    public static BackupRunBody Of(BackupRunView view) => new(view.Name, view.StartedAt, view.RequestedBy, view.Node);
}

/// <summary>Why there is no good backup of a time.</summary>
/// <param name="At">When it was found out.</param>
/// <param name="Cause">In words.</param>
internal sealed record BackupFailureBody(DateTimeOffset At, string Cause);

/// <summary>A backup in the folder.</summary>
/// <param name="Backup">Its name, that of its folder.</param>
/// <param name="MadeAt">What was acknowledged before is in it.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Verification">Whether it would do: restored into a scratch database, checksums only (it is for recipients), failed, or pending.</param>
/// <param name="Cause">Why it was not verified; null where it was, or has not been tried.</param>
/// <param name="DataKeys">It still has its data keys.</param>
/// <param name="KeptAs">As what it stays: hourly, daily, weekly, monthly.</param>
internal sealed record BackupBody(string Backup, DateTimeOffset MadeAt, long Bytes, BackupVerdict Verification, string? Cause, bool DataKeys, IReadOnlyList<string> KeptAs)
{
    public static BackupBody Of(BackupView view) => new(view.Name, view.MadeAt, view.Bytes, view.Verification, view.Reason, view.HasDataKeys, view.KeptAs);
}
