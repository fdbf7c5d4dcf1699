using System.Collections.Immutable;
using Platform.Audit;

namespace Platform.Users;

/// <summary>What becomes of an account.</summary>
/// <param name="Next">Its next state.</param>
/// <param name="Entries">What the access log says of it before it is written.</param>
/// <param name="Ended">Sessions that are off the list with it, and are to be ended after it is written.</param>
internal sealed record UserTransition(StoredUser Next, ImmutableArray<AuditEntry> Entries, ImmutableArray<ListedSession> Ended);
