using Platform.Users;

namespace Platform.Listing;

/// <summary>Plain table of users, written through by the user's grain.</summary>
public interface IUserTable
{
    /// <summary>
    /// Insert or overwrite by id. <paramref name="nameIndex"/> is unique within the tenant. What an own role gives stands with the tenant, not here: such users are
    /// listed without permissions.
    /// </summary>
    Task SaveAsync(UserView user, string nameIndex, CancellationToken cancellationToken);

    /// <summary>By id ascending (UUIDv7: as they were made), after the id <see cref="PageRequest.After"/>.</summary>
    Task<Page<UserView>> ListAsync(TenantId tenant, PageRequest page, CancellationToken cancellationToken);

    Task<UserView?> FindAsync(TenantId tenant, string nameIndex, CancellationToken cancellationToken);

    /// <summary>Up to <paramref name="limit"/> users who hold the role, active ones first.</summary>
    Task<IReadOnlyList<UserId>> ListHoldersAsync(TenantId tenant, string role, int limit, CancellationToken cancellationToken);

    Task RemoveAsync(UserId user, CancellationToken cancellationToken);
}
