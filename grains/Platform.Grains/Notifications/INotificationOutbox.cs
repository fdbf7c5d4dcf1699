using System.Collections.Immutable;

namespace Platform.Notifications;

/// <summary>A notification at rest, sealed: it names people, and may carry a code or a link that must not lie in the database (threats T52, T77).</summary>
/// <param name="Id">Of the notification.</param>
/// <param name="Subject">Whom it goes to: under whose data key it is.</param>
/// <param name="About">Whom else it tells of: under that key too. Often nobody.</param>
/// <param name="Sealed">The notification.</param>
/// <param name="Attempts">That failed.</param>
public sealed record OutboxRow(Guid Id, string Subject, string? About, ImmutableArray<byte> Sealed, int Attempts);

/// <summary>The table of notifications that are not delivered yet.</summary>
public interface INotificationOutbox
{
    /// <summary>No row waits longer: what is due later was stored by a clock that was ahead, and is due now.</summary>
    static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    Task AddAsync(IReadOnlyList<OutboxRow> rows, DateTimeOffset dueAt, CancellationToken cancellationToken);

    /// <summary>
    /// Up to <paramref name="limit"/> rows due at <paramref name="now"/>, oldest first; they are due again at <paramref name="again"/> unless removed before,
    /// so that a process that dies while sending delays, never loses.
    /// </summary>
    Task<IReadOnlyList<OutboxRow>> TakeDueAsync(DateTimeOffset now, DateTimeOffset again, int limit, CancellationToken cancellationToken);

    /// <summary>All that wait, by id, after <paramref name="after"/>; nothing is taken.</summary>
    Task<IReadOnlyList<OutboxRow>> ReadAsync(Guid after, int limit, CancellationToken cancellationToken);

    Task PostponeAsync(Guid id, int attempts, DateTimeOffset dueAt, CancellationToken cancellationToken);

    /// <summary>Delivered.</summary>
    Task RemoveAsync(Guid id, CancellationToken cancellationToken);
}
