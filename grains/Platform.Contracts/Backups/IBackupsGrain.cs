namespace Platform.Backups;

/// <summary>
/// Key: <c>backups</c>, one for all silos. The backups that the platform makes by the clock (row DR), for whoever works in the operators' tenant. To everybody else there is nothing
/// (<see cref="Refusal.NotFound"/>). Hosts ask a silo, because the folder and the database are in its zone.
/// </summary>
[Alias("platform.IBackupsGrain")]
public interface IBackupsGrain : IGrainWithStringKey
{
    /// <summary><see cref="Permissions.Read"/> or <see cref="Permissions.Operate"/> in the operators' tenant. What lies in the folder now, and what the schedule does next.</summary>
    [Alias("Describe")]
    Task<Outcome<BackupsView>> DescribeAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>
    /// <see cref="Permissions.Operate"/>. Begins a backup now, and does not wait for it. Nothing is made before the access log has it. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.BackupsNotConfigured"/>,
    /// <see cref="Refusal.BackupUnderWay"/>.
    /// </summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="request">The same request again gets the same answer; null: it has no name.</param>
    /// <param name="cancellationToken">Of the call.</param>
    [Alias("Begin")]
    Task<Outcome<BackupRunView>> BeginAsync(Actor actor, Guid? request, CancellationToken cancellationToken);
}
