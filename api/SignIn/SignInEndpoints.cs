using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Api.RateLimiting;
using Platform.Api.Sessions;

namespace Platform.Api.SignIn;

/// <summary>Sign-in to the platform's own host (rows LOGIN, 2FA).</summary>
internal static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/sign-in", SessionEndpoints.Tag, CallClass.SignIn).WithRateLimit(RateLimitPolicy.SignIn);

        group.MapPost("", SignInAsync).SetsSessionCookie()
            .WithName("signIn").WithSummary("Sign in")
            .WithDescription("Sign in with tenant, name and password. The token goes into the cookie __Host-sid or, with transport 'token', into the answer.")
            .Refuses(ProblemKind.InvalidCredentials, ProblemKind.CrossOrigin, ProblemKind.Busy);
        group.MapPost("/second-factor", ProveAsync).SetsSessionCookie()
            .WithName("proveSecondFactor").WithSummary("Prove a second factor")
            .WithDescription("Second step: prove a factor. The challenge works once, for five minutes and five wrong codes, from the same network.")
            .Refuses(ProblemKind.InvalidCode, ProblemKind.CrossOrigin);
        group.MapPost("/new-password", ChooseNewPasswordAsync).SetsSessionCookie()
            .WithName("chooseNewPassword").WithSummary("Choose a new password at sign-in")
            .WithDescription("Last step where somebody else has set the password: choose another one. The challenge works once, for five minutes, from the same network; with a password that the policy refuses it stays.")
            .Refuses(ProblemKind.InvalidCode, ProblemKind.PasswordPolicy, ProblemKind.CrossOrigin, ProblemKind.Busy);
        group.MapPost("/sms", SendCodeAsync).WithRateLimit(RateLimitPolicy.Messages)
            .WithName("sendSignInCode").WithSummary("Send a code by text message")
            .WithDescription("Send a code to the confirmed phone. It is good for this challenge only.")
            .Refuses(ProblemKind.InvalidCode);
    }

    private static Task<Results<Ok<SignInAnswerBody>, Problem>> SignInAsync(JsonBody<SignInBody> body, HttpContext context, SignInSteps steps, CancellationToken cancellationToken) =>
        steps.SignInAsync(context, body.Value, page: null, cancellationToken);

    private static Task<Results<Ok<SignInAnswerBody>, Problem>> ProveAsync(JsonBody<SecondFactorBody> body, HttpContext context, SignInSteps steps, CancellationToken cancellationToken) =>
        steps.ProveAsync(context, body.Value, page: null, cancellationToken);

    private static Task<Results<Ok<SignInAnswerBody>, Problem>> ChooseNewPasswordAsync(
        JsonBody<NewPasswordBody> body, HttpContext context, SignInSteps steps, CancellationToken cancellationToken) =>
        steps.ChooseNewPasswordAsync(context, body.Value, cancellationToken);

    private static Task<Results<Accepted, Problem>> SendCodeAsync(JsonBody<ChallengeBody> body, HttpContext context, SignInSteps steps, CancellationToken cancellationToken) =>
        steps.SendCodeAsync(context, body.Value, page: null, cancellationToken);
}
