using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Api.RateLimiting;
using Platform.Api.Requests;
using Platform.Security;
using Platform.Users;

namespace Platform.Api.Users;

internal static class InvitationEndpoints
{
    public static void MapInvitations(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/invitations", "Invitations", CallClass.SignIn).WithRateLimit(RateLimitPolicy.SignIn);

        group.MapPost("/accept", AcceptAsync).WithName("acceptInvitation").WithSummary("Accept an invitation")
            .WithDescription("Set the first password with the token of an invitation, once. The user is active and signs in with it; the address counts as verified.")
            .Refuses(ProblemKind.InvalidToken, ProblemKind.PasswordPolicy, ProblemKind.Busy);
    }

    private static async Task<Results<NoContent, Problem>> AcceptAsync(
        JsonBody<InvitationAcceptanceBody> body, HttpContext context, IGrainFactory grains, MasterKey master, CancellationToken cancellationToken)
    {
        if (PasswordInput.Check(body.Value.Password, "/password") is { } tooLong) return tooLong;
        if (!InvitationToken.TryOpen(master, body.Value.Token, out var user, out var secretHash)) return new Problem(ProblemKind.InvalidToken);
        var outcome = await grains.User(user).AcceptInvitationAsync(
            new InvitationAcceptance { SecretHash = secretHash, Password = body.Value.Password, Client = Client.Of(context) }, cancellationToken);
        return outcome.ToNoContent();
    }
}

internal sealed record InvitationAcceptanceBody
{
    /// <summary>The token of the invitation; works once, for seven days.</summary>
    public required string Token { get; init; }

    public required string Password { get; init; }

    /// <summary>Prints neither.</summary>
    public override string ToString() => nameof(InvitationAcceptanceBody);
}
