using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Binding;
using Platform.Api.Browser;
using Platform.Api.Problems;
using Platform.Api.RateLimiting;
using Platform.Api.Requests;
using Platform.Api.SignIn;
using Platform.Sessions;

namespace Platform.Api.Snippets;

/// <summary>The calls of pages through a snippet. The snippet determines the tenant; sessions that begin here are bound to snippet and origin.</summary>
internal static class PageEndpoints
{
    public const string Tag = "Pages";

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        const string Prefix = "/v1/snippets/{id}";
        var sessions = routes.MapApiGroup(Prefix, Tag, CallClass.SignOut).RequirePage().WithRateLimit(RateLimitPolicy.Sessions);
        sessions.MapPost("/sign-out", SignOutAsync).WithName("signOutFromPage").WithSummary("Sign out from a page")
            .WithDescription("End the page's session, if there is one; the identifier is refused from then on.").AnswersWith("Set-Cookie").TakesSessionIfAny(CredentialSchemes.PageCookie, CredentialSchemes.Bearer);
        PageSessionEndpoint.Map(routes.MapGroup(Prefix).WithTags(Tag).RequirePage().WithRateLimit(RateLimitPolicy.Sessions).InClass(CallClass.Validation));
        routes.MapMethods(Prefix + "/{**rest}", [HttpMethods.Options], static () => Results.NoContent()).RequirePage().WithRateLimit(RateLimitPolicy.Sessions).InClass(CallClass.Free).ExcludeFromDescription();

        var signIn = routes.MapApiGroup(Prefix + "/sign-in", Tag, CallClass.SignIn).RequirePage().WithRateLimit(RateLimitPolicy.SignIn);
        signIn.MapPost("", SignInAsync).WithName("signInFromPage").WithSummary("Sign in from a page")
            .WithDescription("Sign in from a page. The token goes into the partitioned cookie __Host-psid or, with transport 'token', into the answer.").AnswersWith("Set-Cookie")
            .Refuses(ProblemKind.InvalidCredentials, ProblemKind.IpNotAllowed, ProblemKind.SecondFactorEnrolmentRequired, ProblemKind.Busy);
        signIn.MapPost("/second-factor", ProveAsync).WithName("proveSecondFactorFromPage").WithSummary("Prove a second factor from a page")
            .WithDescription("Second step, from the page on which the challenge was given.").AnswersWith("Set-Cookie").Refuses(ProblemKind.InvalidCode);
        signIn.MapPost("/sms", SendCodeAsync).WithRateLimit(RateLimitPolicy.Messages).WithName("sendSignInCodeFromPage").WithSummary("Send a code by text message to a page's user")
            .WithDescription("Send a code to the confirmed phone. It is good for this challenge only.").Refuses(ProblemKind.InvalidCode);
    }

    private static Task<Results<Ok<SignInAnswerBody>, Problem>> SignInAsync(
        JsonBody<PageSignInBody> body, PageCall call, HttpContext context, SignInSteps steps, CancellationToken cancellationToken) =>
        steps.SignInAsync(context, body.Value.At(call.Snippet.TenantId), call.Page, cancellationToken);

    private static Task<Results<Ok<SignInAnswerBody>, Problem>> ProveAsync(
        JsonBody<SecondFactorBody> body, PageCall call, HttpContext context, SignInSteps steps, CancellationToken cancellationToken) =>
        steps.ProveAsync(context, body.Value, call.Page, cancellationToken);

    private static Task<Results<Accepted, Problem>> SendCodeAsync(
        JsonBody<ChallengeBody> body, PageCall call, HttpContext context, SignInSteps steps, CancellationToken cancellationToken) =>
        steps.SendCodeAsync(context, body.Value, call.Page, cancellationToken);

    /// <summary>Answers alike with and without a live session.</summary>
    private static async Task<NoContent> SignOutAsync(HttpContext context, SessionAuthenticator authenticator, CancellationToken cancellationToken)
    {
        var credential = Credential.Read(context.Request.Headers, PageCookie.Start);
        if (!credential.Token.IsEmpty) await authenticator.SignOutAsync(credential.Token, Client.Of(context), cancellationToken);
        PageCookie.Expire(context.Response);
        return TypedResults.NoContent();
    }
}

/// <summary>Without a tenant: the snippet says it.</summary>
internal sealed record PageSignInBody
{
    public required string Username { get; init; }

    public required string Password { get; init; }

    /// <inheritdoc cref="SignInBody.Transport"/>
    public SessionTransport? Transport { get; init; }

    public SignInBody At(TenantId tenant) => new() { Tenant = tenant.ToString(), Username = Username, Password = Password, Transport = Transport };

    /// <summary>Prints no password.</summary>
    public override string ToString() => nameof(PageSignInBody);
}
