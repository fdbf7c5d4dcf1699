using System.Collections.Immutable;
using Platform.SecondFactors;
using Platform.Sessions;
using Platform.Snippets;

namespace Platform.SignIn;

[GenerateSerializer, Immutable, Alias("platform.SignInRequest")]
public sealed record SignInRequest
{
    /// <summary>Slug or id.</summary>
    [Id(0)] public required string Tenant { get; init; }
    [Id(1)] public required string Username { get; init; }
    [Id(2)] public required string Password { get; init; }
    [Id(3)] public required ImmutableArray<byte> SecretHash { get; init; }
    [Id(4)] public required ClientInfo Client { get; init; }

    /// <summary>The challenge, if there is one, keeps it.</summary>
    [Id(5)] public SessionTransport Transport { get; init; }

    /// <inheritdoc cref="SessionView.Page"/>
    [Id(40)] public PageOrigin? Page { get; init; }

    /// <summary>Prints neither password nor secret.</summary>
    public override string ToString() => $"SignInRequest {{ Tenant = {Tenant} }}";
}

/// <summary>The state of a sign-in; exactly one member is present.</summary>
[GenerateSerializer, Immutable, Alias("platform.SignInStep")]
public sealed record SignInResult
{
    /// <summary>The opened session; its <see cref="SessionView.Scope"/> says whether a second factor must be set up first.</summary>
    [Id(0)] public SessionView? Session { get; init; }

    /// <summary>The password was right; a second factor is needed.</summary>
    [Id(1)] public SignInChallenge? Challenge { get; init; }

    /// <summary>The transport that the first step asked for.</summary>
    [Id(2)] public required SessionTransport Transport { get; init; }

    /// <summary>All proofs were right; another password has to be chosen first.</summary>
    [Id(3)] public PasswordChangeChallenge? PasswordChange { get; init; }
}

/// <summary>Half a sign-in. Its holder can only prove a factor with it, from the same network, once, within five minutes.</summary>
[GenerateSerializer, Immutable, Alias("platform.SignInChallenge")]
public sealed record SignInChallenge
{
    /// <summary>The token, sealed for the environment.</summary>
    [Id(0)] public required string Token { get; init; }

    /// <summary>The user's factors.</summary>
    [Id(1)] public required ImmutableArray<SecondFactorMethod> Methods { get; init; }
    [Id(2)] public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Prints no token.</summary>
    public override string ToString() => nameof(SignInChallenge);
}

/// <summary>A sign-in whose password somebody else has set. Its holder can only choose another one with it, from the same network, once, within five minutes.</summary>
[GenerateSerializer, Immutable, Alias("platform.PasswordChangeChallenge")]
public sealed record PasswordChangeChallenge
{
    /// <summary>The token, sealed for the environment. Null on a page, which cannot choose a password.</summary>
    [Id(0)] public required string? Token { get; init; }

    /// <summary>Null where there is no token.</summary>
    [Id(1)] public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Prints no token.</summary>
    public override string ToString() => nameof(PasswordChangeChallenge);
}

/// <summary>A password in place of the one that somebody else has set.</summary>
[GenerateSerializer, Immutable, Alias("platform.NewPasswordChoice")]
public sealed record NewPasswordChoice
{
    [Id(0)] public required ChallengeReference Challenge { get; init; }
    [Id(1)] public required string NewPassword { get; init; }

    /// <summary>Hash of the secret of the session to be opened.</summary>
    [Id(2)] public required ImmutableArray<byte> SecretHash { get; init; }

    /// <summary>Prints no password.</summary>
    public override string ToString() => nameof(NewPasswordChoice);
}

/// <summary>A challenge as its opened token names it, and the caller who presents it.</summary>
[GenerateSerializer, Immutable, Alias("platform.ChallengeReference")]
public sealed record ChallengeReference
{
    [Id(0)] public required UserId UserId { get; init; }

    /// <summary>Hash of the secret in the token.</summary>
    [Id(1)] public required ImmutableArray<byte> ChallengeHash { get; init; }
    [Id(2)] public required ClientInfo Client { get; init; }

    /// <summary>The page of the call. A challenge can only be answered from the page on which it was given.</summary>
    [Id(40)] public PageOrigin? Page { get; init; }
}

[GenerateSerializer, Immutable, Alias("platform.SecondFactorProof")]
public sealed record SecondFactorProof
{
    [Id(0)] public required ChallengeReference Challenge { get; init; }
    [Id(1)] public required SecondFactorMethod Method { get; init; }
    [Id(2)] public required string Code { get; init; }

    /// <summary>Hash of the secret of the session to be opened.</summary>
    [Id(3)] public required ImmutableArray<byte> SecretHash { get; init; }

    /// <summary>Prints no code.</summary>
    public override string ToString() => nameof(SecondFactorProof);
}
