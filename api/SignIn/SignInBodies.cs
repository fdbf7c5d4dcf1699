using System.Text.Json.Serialization;
using Platform.Api.Sessions;
using Platform.SecondFactors;
using Platform.Sessions;

namespace Platform.Api.SignIn;

internal sealed record SignInBody
{
    /// <summary>Slug or id.</summary>
    public required string Tenant { get; init; }

    public required string Username { get; init; }

    public required string Password { get; init; }

    /// <summary>The place of the session's token: <c>cookie</c> (default) or <c>token</c>.</summary>
    public SessionTransport? Transport { get; init; }

    /// <summary>Prints no password.</summary>
    public override string ToString() => nameof(SignInBody);
}

internal sealed record SecondFactorBody
{
    /// <summary>The challenge in the answer to the first step.</summary>
    public required string Challenge { get; init; }

    public required SecondFactorMethod Method { get; init; }

    /// <summary>Six digits, or a recovery code.</summary>
    public required string Code { get; init; }

    /// <summary>Prints neither.</summary>
    public override string ToString() => nameof(SecondFactorBody);
}

internal sealed record NewPasswordBody
{
    /// <summary>The challenge in the answer <c>password_change_required</c>.</summary>
    public required string Challenge { get; init; }

    /// <summary>Another one than the first.</summary>
    public required string NewPassword { get; init; }

    /// <summary>Prints neither.</summary>
    public override string ToString() => nameof(NewPasswordBody);
}

internal sealed record ChallengeBody
{
    /// <inheritdoc cref="SecondFactorBody.Challenge"/>
    public required string Challenge { get; init; }

    /// <summary>Prints no challenge.</summary>
    public override string ToString() => nameof(ChallengeBody);
}

/// <summary>
/// Where a sign-in stands. <c>signed_in</c>: <see cref="Session"/>, and <see cref="Token"/> where it was asked for. <c>second_factor_enrolment_required</c>: the same, but the
/// session can only set up a second factor. <c>second_factor_required</c>: <see cref="Challenge"/>, <see cref="Methods"/> and <see cref="ExpiresAt"/>.
/// <c>password_change_required</c>: somebody else has set the password; <see cref="Challenge"/> and <see cref="ExpiresAt"/>, and neither on a page.
/// </summary>
internal sealed record SignInAnswerBody(string Status)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SessionBody? Session { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Challenge { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SecondFactorMethod>? Methods { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Prints no token.</summary>
    public override string ToString() => $"{nameof(SignInAnswerBody)} {{ Status = {Status} }}";
}
