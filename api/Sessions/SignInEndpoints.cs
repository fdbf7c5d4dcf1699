using Platform.Api.Http;
using Platform.Api.Security;

namespace Platform.Api.Sessions;

/// <summary>Sign-in to the platform's own host (rows LOGIN, 2FA).</summary>
internal static class SignInEndpoints
{
    public const string Tag = "Sign-in and the current session";

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/sign-in", Tag).WithBudget(Budget.SignIn);

        group.MapPost("", SignInAsync).SetsSessionCookie()
            .WithSummary("Sign in with tenant, name and password. The token goes into the cookie __Host-sid or, with transport 'token', into the answer.")
            .Refuses(ProblemKind.InvalidCredentials, ProblemKind.CrossOrigin, ProblemKind.Busy);
        group.MapPost("/second-factor", ProveAsync).SetsSessionCookie()
            .WithSummary("Second step: prove a factor. The challenge is good once, for five minutes and five wrong codes, from the same network.")
            .Refuses(ProblemKind.InvalidCode, ProblemKind.CrossOrigin);
        group.MapPost("/sms", SendCodeAsync).WithBudget(Budget.Messages)
            .WithSummary("Send a code to the confirmed phone. It is good for this challenge only.")
            .Refuses(ProblemKind.InvalidCode);
    }

    private static Task<Results<Ok<SignInAnswerBody>, Problem>> SignInAsync(Body<SignInBody> body, HttpContext context, SignInSteps steps, CancellationToken cancellationToken) =>
        steps.SignInAsync(context, body.Value, page: null, cancellationToken);

    private static Task<Results<Ok<SignInAnswerBody>, Problem>> ProveAsync(Body<SecondFactorBody> body, HttpContext context, SignInSteps steps, CancellationToken cancellationToken) =>
        steps.ProveAsync(context, body.Value, page: null, cancellationToken);

    private static Task<Results<Accepted, Problem>> SendCodeAsync(Body<ChallengeBody> body, HttpContext context, SignInSteps steps, CancellationToken cancellationToken) =>
        steps.SendCodeAsync(context, body.Value, page: null, cancellationToken);
}
