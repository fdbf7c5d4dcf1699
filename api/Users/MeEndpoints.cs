using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Binding;
using Platform.Api.Browser;
using Platform.Api.Paging;
using Platform.Api.Problems;
using Platform.Api.Sessions;
using Platform.Api.Tokens;
using Platform.Users;

namespace Platform.Api.Users;

internal static class MeEndpoints
{
    public static void MapMe(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/me", "Own account", CallClass.Other).RequireSession();

        group.MapGet("", GetAsync).AllowsEnrolment().WithName("getOwnProfile").WithSummary("Read the own profile")
            .WithDescription("Own profile and second factors.");
        group.MapGet("/sessions", ListSessionsAsync).WithName("listOwnSessions").WithSummary("List own sessions")
            .WithDescription("Own sessions, newest first; ended ones say why.");
        group.MapDelete("/sessions/{id}", EndSessionAsync).WithName("endOwnSession").WithSummary("End an own session")
            .WithDescription("End one own session.").Refuses(ProblemKind.NotFound);
        group.MapDelete("/sessions", EndSessionsAsync).WithName("endOwnSessions").WithSummary("End the other own sessions")
            .WithDescription("End all own sessions but the current one.")
            .TakesQuery("include", "'current' ends the current one too.").Refuses(ProblemKind.InvalidRequest);
        group.MapPost("/email", ChangeEmailAsync)
            .WithName("changeOwnEmail").WithSummary("Change the own e-mail address")
            .WithDescription("Change the own e-mail address, with the password and, where there is a second factor, a proof of it within the last 15 minutes. The new address gets a link and counts once it is confirmed; the old one is told. The present address withdraws what waits.")
            .Refuses(ProblemKind.InvalidCredentials, ProblemKind.ReauthenticationRequired, ProblemKind.Busy);
        group.MapPost("/password", ChangePasswordAsync)
            .WithName("changeOwnPassword").WithSummary("Change the own password")
            .WithDescription($"Change the own password. Other sessions end; this one gets a new token, in the cookie or in the header {RenewedToken.Header}.").AnswersWith(RenewedToken.Header, "Set-Cookie")
            .Refuses(ProblemKind.PasswordPolicy, ProblemKind.InvalidCredentials, ProblemKind.Busy);
    }

    private static async Task<Results<Ok<MeBody>, Problem>> GetAsync(Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.User(caller.Actor.UserId).GetAsync(caller.Actor, cancellationToken);
        if (outcome.Value is not { } user) return outcome.ToProblem();
        var factors = await grains.SecondFactors(caller.Actor.UserId).GetSecondFactorsAsync(caller.Actor, cancellationToken);
        return factors.Value is { } known ? TypedResults.Ok(MeBody.Of(user, known)) : factors.ToProblem();
    }

    private static Task<Results<Ok<ListBody<ListedSessionBody>>, Problem>> ListSessionsAsync(
        Caller caller, SessionQuery sessions, PageQuery query, SessionLists lists, CancellationToken cancellationToken) =>
        lists.ListAsync(caller, caller.Actor.UserId, sessions, query, cancellationToken);

    private static async Task<Results<NoContent, Problem>> EndSessionAsync(
        string id, Caller caller, HttpResponse response, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!SessionId.TryParse(id, out var session)) return new Problem(ProblemKind.NotFound);
        var outcome = await grains.User(caller.Actor.UserId).EndSessionAsync(caller.Actor, session, cancellationToken);
        if (!outcome.Succeeded) return outcome.ToProblem();
        if (session == caller.Session.Id) SessionCookie.Expire(response);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, Problem>> EndSessionsAsync(
        Caller caller, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var include = context.Request.Query["include"];
        if (include is not ([] or ["current"])) return Problem.Invalid("?include", "unknown_value", "include is 'current' or absent.");
        var alsoCurrent = include.Count == 1;
        var outcome = await grains.User(caller.Actor.UserId).EndSessionsAsync(caller.Actor, alsoCurrent ? null : caller.Session.Id, cancellationToken);
        if (!outcome.Succeeded) return outcome.ToProblem();
        if (alsoCurrent) SessionCookie.Expire(context.Response);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Accepted, Problem>> ChangeEmailAsync(
        JsonBody<EmailChangeBody> body, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (PasswordInput.Check(body.Value.Password, "/password") is { } tooLong) return tooLong;
        var outcome = await grains.User(caller.Actor.UserId).ChangeEmailAsync(caller.Actor, new OwnEmailChange(body.Value.Email, body.Value.Password), cancellationToken);
        return outcome.ToAccepted();
    }

    private static async Task<Results<NoContent, Problem>> ChangePasswordAsync(
        JsonBody<PasswordChangeBody> body, Caller caller, HttpResponse response, IGrainFactory grains, SessionTokens tokens, CancellationToken cancellationToken)
    {
        var change = body.Value;
        if (PasswordInput.Check(change.CurrentPassword, "/currentPassword") is { } currentTooLong) return currentTooLong;
        if (PasswordInput.Check(change.NewPassword, "/newPassword") is { } newTooLong) return newTooLong;
        var fresh = await tokens.PrepareAsync(cancellationToken);
        var outcome = await grains.User(caller.Actor.UserId).ChangePasswordAsync(
            caller.Actor,
            new PasswordChange { CurrentPassword = change.CurrentPassword, NewPassword = change.NewPassword, NewSecretHash = fresh.SecretHash },
            cancellationToken);
        if (!outcome.Succeeded) return outcome.ToProblem();
        RenewedToken.Hand(caller, response, fresh.Seal(caller.Session.Id, caller.Session.AbsoluteExpiresAt));
        return TypedResults.NoContent();
    }
}
