using Platform.Clocks;

namespace Platform;

/// <summary>
/// A name is claimed before its owner is made. If the maker dies in between, the name must not be lost for ever: after a minute
/// (longer than any creation runs) a claim without an owner can be taken over.
/// </summary>
internal static class NameClaims
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    public static bool CanBeTakenOver(DateTimeOffset claimedAt, DateTimeOffset now) => now - claimedAt >= Timeout || StoredTime.IsAhead(claimedAt, now);
}
