using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Platform.Sessions;

namespace Platform.SecondFactors;

/// <summary>
/// All that a user's state holds about second factors, so that one write uses a code up, ends its challenge and lists the session: two at once cannot both succeed,
/// wherever a crash falls. Secrets, numbers and codes that were sent are sealed; recovery codes and challenges are hashed.
/// </summary>
[GenerateSerializer, Immutable, Alias("platform.StoredSecondFactors")]
internal sealed record StoredSecondFactors
{
    [Id(0)] public StoredTotp? Totp { get; init; }
    [Id(1)] public PendingTotp? PendingTotp { get; init; }

    /// <summary>The confirmed number, sealed.</summary>
    [Id(2)] public ImmutableArray<byte>? Phone { get; init; }
    [Id(3)] public PendingPhone? PendingPhone { get; init; }

    /// <summary>SHA-256 of each unused one, in hex.</summary>
    [Id(4)] public ImmutableArray<string> RecoveryCodes { get; init; } = [];
    [Id(5)] public CodeAttempts Attempts { get; init; } = new();

    /// <summary>When text messages were sent within the last day.</summary>
    [Id(6)] public ImmutableArray<DateTimeOffset> MessagesAt { get; init; } = [];

    /// <summary>Sign-ins that wait for their second step, oldest first.</summary>
    [Id(7)] public ImmutableArray<StoredChallenge> Challenges { get; init; } = [];

    /// <summary>When the one in use was confirmed; for the user's export.</summary>
    [Id(8)] public DateTimeOffset? TotpSince { get; init; }

    /// <inheritdoc cref="TotpSince"/>
    [Id(9)] public DateTimeOffset? PhoneSince { get; init; }

    /// <summary>Signing in needs one. Recovery codes stand in for a factor and are none.</summary>
    [JsonIgnore]
    public bool Any => Totp is not null || Phone is not null;

    /// <summary>Those that are set up.</summary>
    [JsonIgnore]
    public SecondFactorMethods Set => (Totp is null ? SecondFactorMethods.None : SecondFactorMethods.Totp) | (Phone is null ? SecondFactorMethods.None : SecondFactorMethods.Sms);

    /// <summary>Those that a challenge can be answered with.</summary>
    [JsonIgnore]
    public ImmutableArray<SecondFactorMethod> Methods =>
    [
        .. Totp is null ? [] : new[] { SecondFactorMethod.Totp },
        .. Phone is null ? [] : new[] { SecondFactorMethod.Sms },
        .. RecoveryCodes.IsEmpty ? [] : new[] { SecondFactorMethod.RecoveryCode },
    ];
}

[GenerateSerializer, Immutable, Alias("platform.StoredTotp")]
internal sealed record StoredTotp
{
    [Id(0)] public required ImmutableArray<byte> Secret { get; init; }

    /// <summary>Only later steps are accepted.</summary>
    [Id(1)] public required long LastStep { get; init; }
}

[GenerateSerializer, Immutable, Alias("platform.PendingTotp")]
internal sealed record PendingTotp
{
    [Id(0)] public required ImmutableArray<byte> Secret { get; init; }
    [Id(1)] public required DateTimeOffset ExpiresAt { get; init; }
    [Id(2)] public int Failures { get; init; }

    /// <summary>Confirmed by the session that began it, and gone with it.</summary>
    [Id(3)] public SessionId SessionId { get; init; }
}

[GenerateSerializer, Immutable, Alias("platform.PendingPhone")]
internal sealed record PendingPhone
{
    [Id(0)] public required ImmutableArray<byte> Number { get; init; }
    [Id(1)] public required SentCode Code { get; init; }
    [Id(2)] public int Failures { get; init; }

    /// <inheritdoc cref="PendingTotp.SessionId"/>
    [Id(3)] public SessionId SessionId { get; init; }
}

/// <summary>A code that went out by text message. Sealed, not hashed: a million tries would find six digits from any hash.</summary>
[GenerateSerializer, Immutable, Alias("platform.SentCode")]
internal sealed record SentCode
{
    [Id(0)] public required ImmutableArray<byte> Code { get; init; }
    [Id(1)] public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>What a sign-in waits for.</summary>
internal enum SignInStep
{
    SecondFactor = 0,

    /// <summary>In place of one that somebody else has set.</summary>
    NewPassword = 1,
}

/// <summary>A sign-in whose password was right.</summary>
[GenerateSerializer, Immutable, Alias("platform.StoredChallenge")]
internal sealed record StoredChallenge
{
    [Id(0)] public required ImmutableArray<byte> SecretHash { get; init; }

    /// <summary>It can be answered from there only.</summary>
    [Id(1)] public required string Network { get; init; }
    [Id(2)] public required SessionTransport Transport { get; init; }
    [Id(3)] public required DateTimeOffset ExpiresAt { get; init; }
    [Id(4)] public int Failures { get; init; }

    /// <summary>Good for this challenge only (ASVS 6.6.2).</summary>
    [Id(5)] public SentCode? Sms { get; init; }

    /// <inheritdoc cref="Internal.SignInRules.Epoch"/>
    [Id(6)] public int TenantEpoch { get; init; }

    /// <inheritdoc cref="SessionView.Page"/>
    [Id(40)] public Snippets.PageOrigin? Page { get; init; }
    [Id(50)] public SignInStep Step { get; init; }

    /// <summary>The factor that was proven before this step.</summary>
    [Id(51)] public SecondFactorMethod? Proven { get; init; }

    /// <summary>When it was.</summary>
    [Id(52)] public DateTimeOffset? ProvenAt { get; init; }
}
