using Platform.Api.Admission;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Api.RateLimiting;
using Platform.Api.Requests;
using Platform.Security;
using Platform.Users;

namespace Platform.Api.Sessions;

/// <summary>Ends a session by the link in the notice about its sign-in, for its user who has no session here.</summary>
internal static class SessionEndEndpoint
{
    public static void MapSessionEnd(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/sessions", SessionEndpoints.Tag, CallClass.SignOut).WithRateLimit(RateLimitPolicy.SignIn);

        group.MapPost("/end", EndAsync).WithName("endSessionByNotice").WithSummary("End a session by its notice")
            .WithDescription("End the session of which a notice of a new sign-in told, with the token in it, once. Signs nobody in.").Refuses(ProblemKind.InvalidToken);
    }

    private static async Task<Results<NoContent, Problem>> EndAsync(
        JsonBody<SessionEndBody> body, HttpContext context, IGrainFactory grains, MasterKey master, CancellationToken cancellationToken)
    {
        if (!SessionEndToken.TryOpen(master, body.Value.Token, out var user, out var secretHash)) return new Problem(ProblemKind.InvalidToken);
        var outcome = await grains.User(user).EndSessionByLinkAsync(new SessionEndLink(secretHash, Client.Of(context)), cancellationToken);
        return outcome.ToNoContent();
    }
}

internal sealed record SessionEndBody
{
    /// <summary>The token of the notice; works once, as long as the session lives.</summary>
    public required string Token { get; init; }

    /// <summary>Prints no token.</summary>
    public override string ToString() => nameof(SessionEndBody);
}
