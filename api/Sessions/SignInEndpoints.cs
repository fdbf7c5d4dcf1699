using Platform.Api.Http;
using Platform.Api.Security;
using Platform.Security;
using Platform.Sessions;
using Platform.Snippets;

namespace Platform.Api.Sessions;

/// <summary>The steps of a sign-in (rows LOGIN, 2FA). What a challenge is good for is decided by the user's grain; here it is opened and its token handed over.</summary>
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

    private static async Task<Results<Ok<SignInAnswerBody>, Problem>> SignInAsync(
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
                Transport = credentials.Transport ?? SessionTransport.Cookie,
            },
            cancellationToken);
        return ToResult(outcome, fresh, context.Response);
    }

    private static async Task<Results<Ok<SignInAnswerBody>, Problem>> ProveAsync(
        Body<SecondFactorBody> body, HttpContext context, Challenges challenges, IGrainFactory grains, SessionTokens tokens, CancellationToken cancellationToken)
    {
        if (!challenges.TryOpen(body.Value.Challenge, context, page: null, out var challenge)) return new Problem(ProblemKind.InvalidCode);
        var fresh = await tokens.PrepareAsync(cancellationToken);
        var outcome = await grains.SignIn().ProveAsync(
            new SecondFactorProof { Challenge = challenge, Method = body.Value.Method, Code = body.Value.Code, SecretHash = fresh.SecretHash }, cancellationToken);
        return ToResult(outcome, fresh, context.Response);
    }

    private static async Task<Results<Accepted, Problem>> SendCodeAsync(
        Body<ChallengeBody> body, HttpContext context, Challenges challenges, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!challenges.TryOpen(body.Value.Challenge, context, page: null, out var challenge)) return new Problem(ProblemKind.InvalidCode);
        var outcome = await grains.SignIn().SendCodeAsync(challenge, cancellationToken);
        return outcome.Succeeded ? TypedResults.Accepted((string?)null) : outcome.ToProblem();
    }

    private static Results<Ok<SignInAnswerBody>, Problem> ToResult(Outcome<SignInStep> outcome, FreshSecret fresh, HttpResponse response)
    {
        if (outcome.Value is not { } step) return outcome.ToProblem();
        if (step.Challenge is { } challenge) return TypedResults.Ok(SignInAnswerBody.Of(challenge));
        var session = step.Session!;
        var token = fresh.Seal(session.Id, session.AbsoluteExpiresAt);
        var inBody = step.Transport == SessionTransport.Token;
        if (!inBody) SessionCookie.Set(response, token);
        return TypedResults.Ok(new SignInAnswerBody(session.Scope == SessionScope.Full ? "signed_in" : "second_factor_enrolment_required")
        {
            Session = SessionBody.Of(session), Token = inBody ? token : null,
        });
    }
}

/// <summary>Opens challenges: made-up ones and those of other environments end here.</summary>
internal sealed class Challenges(MasterKey master, IOptions<PlatformOptions> options)
{
    /// <param name="text">As it was given.</param>
    /// <param name="context">The request that answers it.</param>
    /// <param name="page">The page that answers it; null: none does.</param>
    /// <param name="challenge">What it names.</param>
    public bool TryOpen(string text, HttpContext context, PageOrigin? page, out ChallengeReference challenge)
    {
        var opened = ChallengeToken.TryOpen(master, options.Value.Environment, text, out var user, out var hash);
        challenge = new ChallengeReference { UserId = user, ChallengeHash = hash, Client = Client.Of(context), Page = page };
        return opened;
    }
}
