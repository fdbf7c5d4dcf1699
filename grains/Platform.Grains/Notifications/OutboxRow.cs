using System.Collections.Immutable;

namespace Platform.Notifications;

/// <summary>A notification at rest, sealed: it names people, and may carry a code or a link that must not lie in the database (threats T52, T77).</summary>
/// <param name="Id">Of the notification.</param>
/// <param name="Subject">Whom it goes to: under whose data key it is.</param>
/// <param name="About">Another person whom it is about, under whose key it is sealed, too. Often nobody.</param>
/// <param name="Sealed">The notification.</param>
/// <param name="Attempts">That failed.</param>
internal sealed record OutboxRow(Guid Id, string Subject, string? About, ImmutableArray<byte> Sealed, int Attempts);
