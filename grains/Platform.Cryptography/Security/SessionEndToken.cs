using System.Collections.Immutable;

namespace Platform.Security;

/// <summary>The token of a link that ends one session. It opens nothing, is of no use in any other call, and no other token is of use here.</summary>
public static class SessionEndToken
{
    private const string Purpose = "session-end";

    public static string Seal(MasterKey master, UserId user, ReadOnlySpan<byte> secret) => SealedSecret.Seal(master, Purpose, user, secret);

    public static bool TryOpen(MasterKey master, string? text, out UserId user, out ImmutableArray<byte> secretHash) =>
        SealedSecret.TryOpen(master, Purpose, text, out user, out secretHash);
}
