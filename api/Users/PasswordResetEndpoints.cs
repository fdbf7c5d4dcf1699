using Platform.Api.Admission;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Api.RateLimiting;
using Platform.Api.Requests;
using Platform.Security;
using Platform.Users;

namespace Platform.Api.Users;

internal static class PasswordResetEndpoints
{
    public static void MapPasswordReset(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/password", "Forgotten passwords", CallClass.SignIn).WithRateLimit(RateLimitPolicy.SignIn);

        group.MapPost("/forgot", ForgotAsync).WithName("requestPasswordReset").WithSummary("Ask for a reset link")
            .WithDescription("Send a reset link to the user's address. Always 202, whether the account exists or not.");
        group.MapPost("/reset", ResetAsync).WithName("resetPassword").WithSummary("Set a new password by a link")
            .WithDescription("Set a new password with the token of a link, once. All sessions end; a second factor stays.")
            .Refuses(ProblemKind.InvalidToken, ProblemKind.PasswordPolicy, ProblemKind.Busy);
    }

    private static async Task<Results<Accepted, Problem>> ForgotAsync(
        JsonBody<ForgotPasswordBody> body, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        await grains.PasswordReset().ForgotAsync(body.Value.Tenant, body.Value.Username, Client.Of(context), cancellationToken);
        return TypedResults.Accepted((string?)null);
    }

    private static async Task<Results<NoContent, Problem>> ResetAsync(
        JsonBody<ResetPasswordBody> body, HttpContext context, IGrainFactory grains, MasterKey master, CancellationToken cancellationToken)
    {
        if (PasswordInput.Check(body.Value.NewPassword, "/newPassword") is { } tooLong) return tooLong;
        if (!PasswordResetToken.TryOpen(master, body.Value.Token, out var user, out var secretHash)) return new Problem(ProblemKind.InvalidToken);
        var outcome = await grains.PasswordReset().ResetAsync(
            new PasswordReset { UserId = user, SecretHash = secretHash, NewPassword = body.Value.NewPassword, Client = Client.Of(context) }, cancellationToken);
        return outcome.ToNoContent();
    }
}

internal sealed record ForgotPasswordBody
{
    /// <summary>Slug or id.</summary>
    public required string Tenant { get; init; }

    public required string Username { get; init; }
}

internal sealed record ResetPasswordBody
{
    /// <summary>The token of the link; works once, for 30 minutes.</summary>
    public required string Token { get; init; }

    public required string NewPassword { get; init; }

    /// <summary>Prints neither.</summary>
    public override string ToString() => nameof(ResetPasswordBody);
}
