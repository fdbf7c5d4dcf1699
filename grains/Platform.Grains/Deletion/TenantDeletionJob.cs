namespace Platform.Deletion;

/// <summary>How far the managers of a tenant have been told of its deletion. Numbers are stored.</summary>
internal enum DeletionNotice
{
    None = 0,
    Requested = 1,
    Reminded = 2,
}

/// <summary>The deletion of a tenant with what it takes to carry it out.</summary>
/// <param name="Deletion">As operators see it.</param>
/// <param name="Notice">What the managers have been told.</param>
/// <param name="RemindedAt">When they were told that the end is near.</param>
/// <param name="LookAt">When the next step is due.</param>
internal sealed record TenantDeletionJob(TenantDeletionView Deletion, DeletionNotice Notice, DateTimeOffset? RemindedAt, DateTimeOffset LookAt)
{
    /// <summary>The tenant's data are being destroyed.</summary>
    public bool IsBegun => !Deletion.Counts.IsEmpty;
}
