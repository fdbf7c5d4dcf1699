namespace Platform.Privacy;

/// <summary>The table of erasures: jobs while they are under way, certificates afterwards. Nothing personal is in it.</summary>
public interface IErasures
{
    /// <summary>Nothing happens where the user has one.</summary>
    Task AddAsync(ErasureCertificate erasure, CancellationToken cancellationToken);

    /// <summary>The first completion stays.</summary>
    Task CompleteAsync(ErasureCertificate erasure, CancellationToken cancellationToken);

    Task<ErasureCertificate?> FindAsync(TenantId tenant, ErasureId erasure, CancellationToken cancellationToken);

    Task<ErasureCertificate?> FindAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>Newest first, before the id <see cref="PageRequest.After"/>.</summary>
    Task<Page<ErasureCertificate>> ListAsync(TenantId tenant, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Those under way, oldest first.</summary>
    Task<IReadOnlyList<UserId>> ListOpenAsync(int limit, CancellationToken cancellationToken);

    /// <summary>A user was deleted: what the log keeps of it can still be erased. Repeating it changes nothing.</summary>
    Task AddFormerAsync(UserId user, TenantId tenant, DateTimeOffset deletedAt, CancellationToken cancellationToken);

    /// <summary>Where a deleted user was at home.</summary>
    Task<TenantId?> FindFormerAsync(UserId user, CancellationToken cancellationToken);
}
