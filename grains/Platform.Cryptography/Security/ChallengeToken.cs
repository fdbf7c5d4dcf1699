using System.Collections.Immutable;

namespace Platform.Security;

/// <summary>
/// The challenge that stands between password and second factor. Bound to the environment as session tokens are (row DMZ); opens no session and names none.
/// </summary>
public static class ChallengeToken
{
    public static string Seal(MasterKey master, string environment, UserId user, ReadOnlySpan<byte> secret) =>
        SealedSecret.Seal(master, Purpose(environment), user, secret);

    public static bool TryOpen(MasterKey master, string environment, string? text, out UserId user, out ImmutableArray<byte> secretHash) =>
        SealedSecret.TryOpen(master, Purpose(environment), text, out user, out secretHash);

    private static string Purpose(string environment) => "sign-in-challenge:" + environment;
}
