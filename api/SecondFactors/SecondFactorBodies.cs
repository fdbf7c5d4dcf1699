using System.Text.Json.Serialization;
using Platform.Api.Sessions;
using Platform.SecondFactors;

namespace Platform.Api.SecondFactors;

/// <summary>The visible data of the caller's second factors.</summary>
internal sealed record SecondFactorsBody(bool Totp, bool Sms, string? Phone, int RecoveryCodesRemaining)
{
    public static SecondFactorsBody Of(SecondFactorsView view) => new(view.Totp, view.Phone is not null, view.Phone, view.RecoveryCodesRemaining);
}

/// <summary>Shown once. <c>qrSvg</c> is <c>otpauthUri</c> as an image.</summary>
internal sealed record TotpEnrolmentBody(string Secret, string OtpauthUri, string QrSvg)
{
    /// <summary>Prints no secret.</summary>
    public override string ToString() => nameof(TotpEnrolmentBody);
}

/// <summary>
/// Shown once. Where the session was limited to setting up a second factor it is a full one from now on: <c>session</c>, under a new token in the cookie or, for
/// a caller without one, in <c>token</c> and the header.
/// </summary>
internal sealed record RecoveryCodesBody(IReadOnlyList<string> RecoveryCodes)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SessionBody? Session { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }

    /// <summary>Prints no code.</summary>
    public override string ToString() => nameof(RecoveryCodesBody);
}

internal sealed record CodeBody
{
    /// <summary>Six digits.</summary>
    public required string Code { get; init; }

    /// <summary>Prints no code.</summary>
    public override string ToString() => nameof(CodeBody);
}

internal sealed record PhoneBody
{
    /// <summary>In E.164, such as +4915112345678.</summary>
    public required string PhoneNumber { get; init; }

    /// <summary>Prints no number.</summary>
    public override string ToString() => nameof(PhoneBody);
}

internal sealed record FactorRemovalBody
{
    public required string Password { get; init; }

    /// <summary>A code of the authenticator, or a recovery code; needed if the session's own proof of a factor is older than 15 minutes.</summary>
    public string? Code { get; init; }

    /// <summary>Prints neither.</summary>
    public override string ToString() => nameof(FactorRemovalBody);
}
