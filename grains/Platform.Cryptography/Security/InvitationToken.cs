using System.Collections.Immutable;

namespace Platform.Security;

/// <summary>The token of an invitation, with which its owner sets the account's first password. It is of no use in any other call, and no other token is of use here.</summary>
public static class InvitationToken
{
    private const string Purpose = "invitation";

    public static string Seal(MasterKey master, UserId user, ReadOnlySpan<byte> secret) => SealedSecret.Seal(master, Purpose, user, secret);

    public static bool TryOpen(MasterKey master, string? text, out UserId user, out ImmutableArray<byte> secretHash) =>
        SealedSecret.TryOpen(master, Purpose, text, out user, out secretHash);
}
