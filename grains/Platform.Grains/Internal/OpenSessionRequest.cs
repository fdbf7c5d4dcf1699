using System.Collections.Immutable;
using Platform.Sessions;

namespace Platform.Internal;

/// <summary>A user whose password was right, and the session that it may lead to.</summary>
[GenerateSerializer, Immutable, Alias("platform.SessionOpening")]
internal sealed record OpenSessionRequest
{
    /// <summary>The hash that was verified. Another sign-in may have stored its rehash meanwhile.</summary>
    [Id(0)] public required string VerifiedHash { get; init; }

    /// <summary>Of the password that was verified: if it has changed since, the opening is refused.</summary>
    [Id(70)] public required int PasswordVersion { get; init; }

    /// <summary>The same password under today's parameters; takes the place of <see cref="VerifiedHash"/> and of no other.</summary>
    [Id(1)] public string? Rehash { get; init; }
    [Id(2)] public required ImmutableArray<byte> SecretHash { get; init; }
    [Id(3)] public required SessionPolicy Policy { get; init; }
    [Id(5)] public required ClientInfo Client { get; init; }

    /// <summary>The tenant lets nobody in with a password alone.</summary>
    [Id(6)] public bool RequireSecondFactor { get; init; }
    [Id(7)] public SessionTransport Transport { get; init; }

    /// <inheritdoc cref="Internal.SignInRules.Epoch"/>
    [Id(20)] public required int TenantEpoch { get; init; }

    /// <inheritdoc cref="Internal.SignInRules.PasswordCutoff"/>
    [Id(21)] public DateTimeOffset? PasswordCutoff { get; init; }

    /// <inheritdoc cref="SessionView.Page"/>
    [Id(40)] public Snippets.PageOrigin? Page { get; init; }

    /// <summary>Prints no hash.</summary>
    public override string ToString() => nameof(OpenSessionRequest);
}
