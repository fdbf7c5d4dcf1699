using System.Collections.Immutable;

namespace Platform.Users;

/// <summary>A new password from the holder of a reset link.</summary>
[GenerateSerializer, Immutable, Alias("platform.PasswordReset")]
public sealed record PasswordReset
{
    [Id(0)] public required UserId UserId { get; init; }

    /// <summary>Hash of the secret in the link's token.</summary>
    [Id(1)] public required ImmutableArray<byte> SecretHash { get; init; }
    [Id(2)] public required string NewPassword { get; init; }
    [Id(3)] public ClientInfo? Client { get; init; }

    /// <summary>Prints no password.</summary>
    public override string ToString() => nameof(PasswordReset);
}

/// <summary>Forgotten passwords (row RESET; key <c>reset_</c>, stateless).</summary>
[Alias("platform.IPasswordResetGrain")]
public interface IPasswordResetGrain : IGrainWithStringKey
{
    /// <summary>
    /// Sends a link that holds for 30 minutes and cancels the one before, to active users of active tenants whose IP rules admit the caller, three times
    /// an hour at most. In all other cases it returns the same answer after the same writes.
    /// </summary>
    [Alias("Forgot")]
    Task ForgotAsync(string tenant, string username, ClientInfo client, CancellationToken cancellationToken);

    /// <summary>Sets the password, once per link; all sessions end. Refusals: <see cref="Refusal.InvalidToken"/> (also where the account, or the tenant's epoch, has changed since
    /// the link was sent, and from addresses that the tenant denies), <see cref="Refusal.PasswordPolicy"/> (the link stays good),
    /// <see cref="Refusal.Busy"/>.</summary>
    [Alias("Reset"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Outcome> ResetAsync(PasswordReset reset, CancellationToken cancellationToken);
}
