using Platform.Api.Admission;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Api.RateLimiting;
using Platform.Api.Requests;
using Platform.Security;
using Platform.Users;

namespace Platform.Api.Users;

internal static class EmailEndpoints
{
    public static void MapEmail(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/email", "E-mail addresses", CallClass.SignIn).WithRateLimit(RateLimitPolicy.SignIn);

        group.MapPost("/confirm", ConfirmAsync).WithName("confirmEmail").WithSummary("Confirm an e-mail address")
            .WithDescription("Confirm a new address with the token of the link that was sent to it, once. The old address is told.").Refuses(ProblemKind.InvalidToken);
    }

    private static async Task<Results<NoContent, Problem>> ConfirmAsync(
        JsonBody<EmailConfirmationBody> body, HttpContext context, IGrainFactory grains, MasterKey master, CancellationToken cancellationToken)
    {
        if (!EmailConfirmationToken.TryOpen(master, body.Value.Token, out var user, out var secretHash)) return new Problem(ProblemKind.InvalidToken);
        var outcome = await grains.User(user).ConfirmEmailAsync(new EmailConfirmation(secretHash, Client.Of(context)), cancellationToken);
        return outcome.ToNoContent();
    }
}

internal sealed record EmailConfirmationBody
{
    /// <summary>The token of the link; works once, for 24 hours.</summary>
    public required string Token { get; init; }

    /// <summary>Prints no token.</summary>
    public override string ToString() => nameof(EmailConfirmationBody);
}
