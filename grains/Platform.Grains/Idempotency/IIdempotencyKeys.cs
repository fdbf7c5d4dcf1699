using System.Collections.Immutable;
using Platform.Expiry;

namespace Platform.Idempotency;

/// <summary>A key as its caller owns it. Keys of different people never meet.</summary>
public readonly record struct IdempotencyKey(TenantId TenantId, UserId UserId, string Key);

public sealed record IdempotencyRow
{
    public required ImmutableArray<byte> RequestHash { get; init; }
    public required Guid OperationId { get; init; }

    /// <summary>Until then the call that began is taken to be running.</summary>
    public required DateTimeOffset RunningUntil { get; init; }

    /// <summary>Null while there is none.</summary>
    public required IdempotentAnswer? Answer { get; init; }
}

/// <summary>The table of keys. Its primary key decides between calls that come at once.</summary>
public interface IIdempotencyKeys : IExpiringTable
{
    /// <summary>How long a key is remembered.</summary>
    static readonly TimeSpan Retention = TimeSpan.FromHours(24);

    /// <summary>False when the key is there already.</summary>
    Task<bool> TryAddAsync(IdempotencyKey key, IdempotencyRow row, DateTimeOffset expiresAt, CancellationToken cancellationToken);

    /// <summary>Null when it is not there.</summary>
    Task<IdempotencyRow?> FindAsync(IdempotencyKey key, CancellationToken cancellationToken);

    /// <summary>True when the unanswered call that ran until at most <paramref name="now"/> is now the caller's until <paramref name="runningUntil"/>.</summary>
    Task<bool> TryTakeOverAsync(IdempotencyKey key, DateTimeOffset now, DateTimeOffset runningUntil, CancellationToken cancellationToken);

    Task AnswerAsync(IdempotencyKey key, IdempotentAnswer answer, CancellationToken cancellationToken);

    /// <summary>Nobody runs it any more.</summary>
    Task ReleaseAsync(IdempotencyKey key, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>What the user has asked, and answers to others that tell of the user's making.</summary>
    Task RemoveOfUserAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>Removes an unanswered key.</summary>
    Task RemoveAsync(IdempotencyKey key, CancellationToken cancellationToken);
}
