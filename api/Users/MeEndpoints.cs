using Platform.Api.Http;
using Platform.Api.Security;
using Platform.Api.Sessions;
using Platform.Users;

namespace Platform.Api.Users;

internal static class MeEndpoints
{
    /// <summary>Carries the new token to callers without a cookie, since the answer to a password change has no body.</summary>
    public const string TokenHeader = "Session-Token";

    public static void MapMe(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/me", "Own account").RequireSession();

        group.MapGet("", GetAsync).WithSummary("Own profile.");
        group.MapGet("/sessions", ListSessionsAsync).WithSummary("Own sessions, newest first; ended ones say why.");
        group.MapDelete("/sessions/{id}", EndSessionAsync).WithSummary("End one own session.").Refuses(ProblemKind.NotFound);
        group.MapDelete("/sessions", EndSessionsAsync).WithSummary("End all own sessions but the current one.")
            .TakesQuery("include", "'current' ends the current one too.").Refuses(ProblemKind.InvalidRequest);
        group.MapPost("/password", ChangePasswordAsync)
            .WithSummary($"Change the own password. Other sessions end; this one gets a new token, in the cookie or in the header {TokenHeader}.")
            .Refuses(ProblemKind.PasswordPolicy, ProblemKind.InvalidCredentials, ProblemKind.Busy);
    }

    private static async Task<Results<Ok<UserBody>, Problem>> GetAsync(Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.User(caller.Actor.UserId).GetAsync(caller.Actor, cancellationToken);
        return outcome.Value is { } user ? TypedResults.Ok(UserBody.Of(user)) : outcome.ToProblem();
    }

    private static Task<Results<Ok<ListBody<ListedSessionBody>>, Problem>> ListSessionsAsync(
        Caller caller, PageQuery query, SessionLists lists, CancellationToken cancellationToken) =>
        lists.ListAsync(caller, caller.Actor.UserId, query, cancellationToken);

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
        if (include is not ([] or ["current"])) return Problem.Invalid("", "unknown_value", "include is 'current' or absent.");
        var alsoCurrent = include.Count == 1;
        var outcome = await grains.User(caller.Actor.UserId).EndSessionsAsync(caller.Actor, alsoCurrent ? null : caller.Session.Id, cancellationToken);
        if (!outcome.Succeeded) return outcome.ToProblem();
        if (alsoCurrent) SessionCookie.Expire(context.Response);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, Problem>> ChangePasswordAsync(
        Body<PasswordChangeBody> body, Caller caller, HttpResponse response, IGrainFactory grains, SessionTokens tokens, CancellationToken cancellationToken)
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

        var token = fresh.Seal(caller.Session.Id, caller.Session.AbsoluteExpiresAt);
        if (caller.IsBearer) response.Headers[TokenHeader] = token;
        else SessionCookie.Set(response, token);
        return TypedResults.NoContent();
    }
}
