using Platform.Api.Http;
using Platform.Api.Security;
using Platform.Sessions;

namespace Platform.Api.Sessions;

internal static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1", "Sign-in and the current session").WithBudget(Budget.Sessions);

        group.MapPost("/sign-in", SignInAsync).SetsSessionCookie().WithBudget(Budget.SignIn)
            .WithSummary("Sign in with tenant, name and password. The token goes into the cookie __Host-sid or, with transport 'token', into the answer.")
            .Refuses(ProblemKind.InvalidCredentials, ProblemKind.CrossOrigin, ProblemKind.Busy);
        group.MapPost("/sign-out", SignOutAsync)
            .WithSummary("End the presented session, if there is one; the identifier is refused from then on.");
        group.MapGet("/session", Get).RequireSessionWithoutTouch()
            .WithSummary("Look at the current session. Never extends it.");
        group.MapPost("/session/touch", Get).RequireSession()
            .WithSummary("Activity: extends the idle clock of the current session.");
        ValidateEndpoint.Map(group);
    }

    private static async Task<Results<Ok<SignedInBody>, Problem>> SignInAsync(
        Body<SignInBody> body, HttpContext context, IGrainFactory grains, SessionTokens tokens, CancellationToken cancellationToken)
    {
        var credentials = body.Value;
        if (PasswordInput.Check(credentials.Password, "/password") is { } tooLong) return tooLong;
        var fresh = await tokens.PrepareAsync(cancellationToken);
        var outcome = await grains.SignIn().SignInAsync(
            new SignInRequest
            {
                Tenant = credentials.Tenant,
                Username = credentials.Username,
                Password = credentials.Password,
                SecretHash = fresh.SecretHash,
                Client = Client.Of(context),
            },
            cancellationToken);
        if (outcome.Value is not { } session) return outcome.ToProblem();

        var token = fresh.Seal(session.Id, session.AbsoluteExpiresAt);
        var inBody = credentials.Transport == SessionTransport.Token;
        if (!inBody) SessionCookie.Set(context.Response, token);
        return TypedResults.Ok(new SignedInBody("signed_in", SessionBody.Of(session), inBody ? token : null));
    }

    /// <summary>Answers alike with and without a live session, so that a client can always get rid of its cookie.</summary>
    private static async Task<NoContent> SignOutAsync(HttpContext context, SessionGate gate, CancellationToken cancellationToken)
    {
        var credential = Credential.Read(context.Request.Headers);
        if (!credential.Token.IsEmpty) await gate.SignOutAsync(credential.Token, cancellationToken);
        SessionCookie.Expire(context.Response);
        SecurityHeaders.ClearSiteData(context.Response.Headers);
        return TypedResults.NoContent();
    }

    private static Ok<SessionBody> Get(Caller caller) => TypedResults.Ok(SessionBody.Of(caller.Session));
}
