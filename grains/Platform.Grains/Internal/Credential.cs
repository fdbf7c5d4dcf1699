using Platform.Users;

namespace Platform.Internal;

/// <summary>What sign-in needs of a user. Never leaves the silo.</summary>
/// <param name="PasswordHash">Null: the user has none yet.</param>
/// <param name="Status">Only active ones sign in.</param>
/// <param name="PasswordVersion">See <see cref="OpenSessionRequest.PasswordVersion"/>.</param>
[GenerateSerializer, Immutable, Alias("platform.Credential")]
internal sealed record Credential([property: Id(0)] string? PasswordHash, [property: Id(1)] UserStatus Status, [property: Id(70)] int PasswordVersion)
{
    /// <summary>Prints no hash.</summary>
    public override string ToString() => nameof(Credential);
}
