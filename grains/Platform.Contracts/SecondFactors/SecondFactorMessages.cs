using System.Collections.Immutable;
using Platform.Sessions;

namespace Platform.SecondFactors;

/// <summary>A proof beside the password (row 2FA).</summary>
public enum SecondFactorMethod
{
    /// <summary>RFC 6238, from an authenticator app.</summary>
    Totp = 1,

    /// <summary>A code sent to the confirmed phone for this very sign-in.</summary>
    Sms = 2,

    /// <summary>One of the ten codes that were shown once. It replaces a lost factor and is no factor itself.</summary>
    RecoveryCode = 3,
}

/// <summary>The factors that a user has set up. Stored: values are for ever.</summary>
[Flags]
public enum SecondFactorMethods
{
    None = 0,
    Totp = 1,
    Sms = 2,
}

/// <summary>A user's factors as the user may see them: nothing secret.</summary>
[GenerateSerializer, Immutable, Alias("platform.SecondFactorsView")]
public sealed record SecondFactorsView
{
    [Id(0)] public required bool Totp { get; init; }

    /// <summary>The confirmed number with all but its last digits hidden; null when there is none.</summary>
    [Id(1)] public required string? Phone { get; init; }
    [Id(2)] public required int RecoveryCodesRemaining { get; init; }
}

/// <summary>A TOTP secret for an authenticator. It counts only after a code of it was confirmed.</summary>
[GenerateSerializer, Immutable, Alias("platform.TotpEnrolment")]
public sealed record TotpEnrolment
{
    /// <summary>160 bits in base32.</summary>
    [Id(0)] public required string Secret { get; init; }

    /// <summary><c>otpauth://totp/…</c>, for a QR code.</summary>
    [Id(1)] public required string Uri { get; init; }

    /// <summary>Prints no secret.</summary>
    public override string ToString() => nameof(TotpEnrolment);
}

/// <summary>A code that proves a new factor, and the hash of the secret for the session's new token, if it gets one.</summary>
[GenerateSerializer, Immutable, Alias("platform.FactorConfirmation")]
public sealed record FactorConfirmation
{
    [Id(0)] public required string Code { get; init; }
    [Id(1)] public required ImmutableArray<byte> NewSecretHash { get; init; }

    /// <summary>Prints no code.</summary>
    public override string ToString() => nameof(FactorConfirmation);
}

[GenerateSerializer, Immutable, Alias("platform.ConfirmedFactor")]
public sealed record ConfirmedFactor
{
    /// <summary>Shown once; empty if none were made.</summary>
    [Id(0)] public required ImmutableArray<string> RecoveryCodes { get; init; }

    /// <summary>The session under its new secret, if it was limited to enrolment until now.</summary>
    [Id(1)] public required SessionView? Renewed { get; init; }

    /// <summary>Prints no code.</summary>
    public override string ToString() => nameof(ConfirmedFactor);
}

[GenerateSerializer, Immutable, Alias("platform.RecoveryCodeSet")]
public sealed record RecoveryCodeSet([property: Id(0)] ImmutableArray<string> Codes)
{
    /// <summary>Prints no code.</summary>
    public override string ToString() => nameof(RecoveryCodeSet);
}

/// <summary>The proof for removing a factor: the password, and a code unless the session proved a factor lately (threat T22).</summary>
[GenerateSerializer, Immutable, Alias("platform.FactorRemoval")]
public sealed record FactorRemoval
{
    [Id(0)] public required string Password { get; init; }

    /// <summary>Six digits of the authenticator, or a recovery code.</summary>
    [Id(1)] public string? Code { get; init; }

    /// <summary>Prints neither.</summary>
    public override string ToString() => nameof(FactorRemoval);
}
