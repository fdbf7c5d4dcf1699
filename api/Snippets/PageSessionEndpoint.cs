using Platform.Api.Authentication;
using Platform.Api.Binding;
using Platform.Api.Browser;
using Platform.Api.Problems;
using Platform.Api.Sessions;
using Platform.Sessions;

namespace Platform.Api.Snippets;

/// <summary>
/// A page peeks at its session or touches it: the calls that many pages make all the time. No grain call and no database where the session is in this process, and none without a session.
/// </summary>
internal sealed class PageSessionEndpoint(SessionAuthenticator authenticator, TimeProvider time, SessionCheckMode mode)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, SessionCheckMode.Peek, "/session", HttpMethods.Get).WithName("getPageSession").WithSummary("Look at the page's session")
            .WithDescription("Return the page's session without extending it. A 401 says whether the browser keeps the cookie (cookieKept).");
        Map(routes, SessionCheckMode.Touch, "/session/touch", HttpMethods.Post).WithName("touchPageSession").WithSummary("Report activity on a page")
            .WithDescription("Activity on the page: extends the idle clock of its session.");
    }

    private static IEndpointConventionBuilder Map(IEndpointRouteBuilder routes, SessionCheckMode mode, string pattern, string method)
    {
        var services = routes.ServiceProvider;
        RequestDelegate invoke = new PageSessionEndpoint(services.GetRequiredService<SessionAuthenticator>(), services.GetRequiredService<TimeProvider>(), mode).InvokeAsync;
        return routes.MapMethods(pattern, [method], invoke)
            .WithMetadata(invoke.Method, new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(SessionBody), ["application/json"]))
            .Refuses(ProblemKind.SessionInvalid, ProblemKind.ApiKeyNotAccepted);
    }

    private Task InvokeAsync(HttpContext context)
    {
        if (QueryParameters.Check(context) is { } unknown) return unknown.ExecuteAsync(context);
        var credential = Credential.Read(context.Request.Headers, PageCookie.Start);
        var request = new SessionCheckRequest(mode, context.Connection.RemoteIpAddress, Holder: context, Page: PageCall.Of(context).Page);
        var checking = authenticator.CheckAsync(credential.Token, request, context.RequestAborted);
        return checking.IsCompletedSuccessfully ? AnswerAsync(context, credential, checking.Result) : WaitAsync(context, credential, checking);
    }

    private async Task WaitAsync(HttpContext context, Credential credential, ValueTask<SessionCheck> checking) => await AnswerAsync(context, credential, await checking);

    private Task AnswerAsync(HttpContext context, Credential credential, SessionCheck check) =>
        check.View is { } view ? SessionAnswer.WriteAsync(context, view, time.GetUtcNow()) : RefuseAsync(context, credential);

    /// <summary>One code for all sessions, as everywhere. A browser that has sent neither cookie is given the probe, and says at its next call whether it has kept it.</summary>
    private Task RefuseAsync(HttpContext context, Credential credential)
    {
        var kept = credential.HasCookie || PageCookie.HasProbe(context.Request.Headers);
        if (!kept && mode == SessionCheckMode.Peek) PageCookie.SetProbe(context.Response);
        return new Problem(credential.RefusalAsSession) { CookieKept = kept }.ExecuteAsync(context);
    }
}
