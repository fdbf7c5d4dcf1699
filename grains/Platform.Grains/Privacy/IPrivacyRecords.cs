namespace Platform.Privacy;

/// <summary>What lies in tables of others about one user. Keyset pages.</summary>
public interface IPrivacyRecords
{
    /// <summary>Changes of scenarios that are there, by scenario and version.</summary>
    Task<Page<AuthoredChange>> ListChangesAsync(UserId user, PageRequest page, CancellationToken cancellationToken);

    /// <summary>By scenario and id.</summary>
    Task<Page<AuthoredComment>> ListCommentsAsync(UserId user, PageRequest page, CancellationToken cancellationToken);

    /// <summary>By scenario.</summary>
    Task<Page<HeldGrant>> ListGrantsAsync(UserId user, PageRequest page, CancellationToken cancellationToken);
}
