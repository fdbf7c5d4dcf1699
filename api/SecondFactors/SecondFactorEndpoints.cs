using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Api.RateLimiting;
using Platform.Api.Sessions;
using Platform.Api.Tokens;
using Platform.SecondFactors;

namespace Platform.Api.SecondFactors;

/// <summary>Own second factors (row 2FA). The first four calls are open to sessions that can do nothing else.</summary>
internal static class SecondFactorEndpoints
{
    public static void MapSecondFactors(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/me", "Own second factors", CallClass.Other).RequireSession();

        group.MapPost("/totp", BeginTotpAsync).AllowsEnrolment()
            .WithName("beginTotp").WithSummary("Begin to set up an authenticator")
            .WithDescription("Begin to set up an authenticator. It counts once a code of it is confirmed, within 15 minutes.")
            .Refuses(ProblemKind.FeatureRequired, ProblemKind.ReauthenticationRequired);
        group.MapPost("/totp/confirm", ConfirmTotpAsync).AllowsEnrolment()
            .WithName("confirmTotp").WithSummary("Confirm the authenticator")
            .WithDescription("Confirm the authenticator with a code, which is used up. Returns ten recovery codes; earlier ones are void.").AnswersWith(RenewedToken.Header, "Set-Cookie")
            .Refuses(ProblemKind.InvalidCode);
        group.MapPost("/phone", BeginPhoneAsync).AllowsEnrolment().WithRateLimit(RateLimitPolicy.Messages)
            .WithName("beginPhone").WithSummary("Begin to set up a phone")
            .WithDescription("Begin to set up a phone for codes by text message. Sends a code to it.")
            .Refuses(ProblemKind.FeatureRequired, ProblemKind.ReauthenticationRequired);
        group.MapPost("/phone/confirm", ConfirmPhoneAsync).AllowsEnrolment()
            .WithName("confirmPhone").WithSummary("Confirm the phone")
            .WithDescription("Confirm the phone with the code that was sent to it.")
            .Refuses(ProblemKind.InvalidCode);

        ProblemKind[] removal =
        [
            ProblemKind.InvalidCredentials, ProblemKind.InvalidCode, ProblemKind.ReauthenticationRequired, ProblemKind.NoSecondFactor, ProblemKind.LastSecondFactor, ProblemKind.Busy,
        ];
        group.MapDelete("/totp", RemoveTotpAsync)
            .WithName("removeTotp").WithSummary("Remove the authenticator")
            .WithDescription("Remove the authenticator, with the password and a fresh proof of a factor. All other sessions end.").Refuses(removal);
        group.MapDelete("/phone", RemovePhoneAsync)
            .WithName("removePhone").WithSummary("Remove the phone")
            .WithDescription("Remove the phone, with the password and a fresh proof of a factor. All other sessions end.").Refuses(removal);
        group.MapPost("/recovery-codes", ReplaceRecoveryCodesAsync)
            .WithName("replaceRecoveryCodes").WithSummary("Make new recovery codes")
            .WithDescription("Make ten new recovery codes; earlier ones are void. Needs a proof of a factor within the last 15 minutes.")
            .Refuses(ProblemKind.ReauthenticationRequired, ProblemKind.NoSecondFactor);
    }

    private static async Task<Results<Ok<TotpEnrolmentBody>, Problem>> BeginTotpAsync(Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await Own(grains, caller).BeginTotpAsync(caller.Actor, cancellationToken);
        return outcome.Value is { } begun ? TypedResults.Ok(new TotpEnrolmentBody(begun.Secret, begun.Uri, QrCode.ToSvg(begun.Uri))) : outcome.ToProblem();
    }

    private static async Task<Results<Ok<RecoveryCodesBody>, Problem>> ConfirmTotpAsync(
        JsonBody<CodeBody> body, Caller caller, HttpResponse response, IGrainFactory grains, SessionTokens tokens, CancellationToken cancellationToken)
    {
        var fresh = await tokens.PrepareAsync(cancellationToken);
        var outcome = await Own(grains, caller).ConfirmTotpAsync(
            caller.Actor, new FactorConfirmation { Code = body.Value.Code, NewSecretHash = fresh.SecretHash }, cancellationToken);
        if (outcome.Value is not { } confirmed) return outcome.ToProblem();
        var token = Renew(confirmed, fresh, caller, response);
        return TypedResults.Ok(new RecoveryCodesBody(confirmed.RecoveryCodes)
        {
            Session = confirmed.Renewed is { } session ? SessionBody.Of(session) : null, Token = caller.IsBearer ? token : null,
        });
    }

    private static async Task<Results<Accepted, Problem>> BeginPhoneAsync(
        JsonBody<PhoneBody> body, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await Own(grains, caller).BeginPhoneAsync(caller.Actor, body.Value.PhoneNumber, cancellationToken);
        return outcome.ToAccepted();
    }

    private static async Task<Results<NoContent, Problem>> ConfirmPhoneAsync(
        JsonBody<CodeBody> body, Caller caller, HttpResponse response, IGrainFactory grains, SessionTokens tokens, CancellationToken cancellationToken)
    {
        var fresh = await tokens.PrepareAsync(cancellationToken);
        var outcome = await Own(grains, caller).ConfirmPhoneAsync(
            caller.Actor, new FactorConfirmation { Code = body.Value.Code, NewSecretHash = fresh.SecretHash }, cancellationToken);
        if (outcome.Value is not { } confirmed) return outcome.ToProblem();
        Renew(confirmed, fresh, caller, response);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, Problem>> RemoveTotpAsync(
        JsonBody<FactorRemovalBody> body, Caller caller, IGrainFactory grains, CancellationToken cancellationToken) =>
        PasswordInput.Check(body.Value.Password, "/password")
        ?? (await Own(grains, caller).RemoveTotpAsync(caller.Actor, ToRemoval(body.Value), cancellationToken)).ToNoContent();

    private static async Task<Results<NoContent, Problem>> RemovePhoneAsync(
        JsonBody<FactorRemovalBody> body, Caller caller, IGrainFactory grains, CancellationToken cancellationToken) =>
        PasswordInput.Check(body.Value.Password, "/password")
        ?? (await Own(grains, caller).RemovePhoneAsync(caller.Actor, ToRemoval(body.Value), cancellationToken)).ToNoContent();

    private static async Task<Results<Ok<RecoveryCodesBody>, Problem>> ReplaceRecoveryCodesAsync(
        Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await Own(grains, caller).ReplaceRecoveryCodesAsync(caller.Actor, cancellationToken);
        return outcome.Value is { } replaced ? TypedResults.Ok(new RecoveryCodesBody(replaced.Codes)) : outcome.ToProblem();
    }

    private static ISecondFactorsGrain Own(IGrainFactory grains, Caller caller) => grains.SecondFactors(caller.Actor.UserId);

    private static FactorRemoval ToRemoval(FactorRemovalBody body) => new() { Password = body.Password, Code = body.Code };

    /// <summary>A session that was limited until now goes on under a new token; the old one is dead (threat T30).</summary>
    private static string? Renew(ConfirmedFactor confirmed, FreshSecret fresh, Caller caller, HttpResponse response)
    {
        if (confirmed.Renewed is not { } session) return null;
        var token = fresh.Seal(session.Id, session.AbsoluteExpiresAt);
        RenewedToken.Hand(caller, response, token);
        return token;
    }
}
