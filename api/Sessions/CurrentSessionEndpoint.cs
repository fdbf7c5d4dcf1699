using Platform.Api.Authentication;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Sessions;

namespace Platform.Api.Sessions;

/// <summary>
/// <c>/v1/session</c>, <c>/touch</c> and <c>/validate</c>, the calls that come all the time: no binding, no filter, no scope of services, no serializer, and no task where the session is in
/// this process. They authenticate by themselves.
/// </summary>
internal sealed class CurrentSessionEndpoint(SessionAuthenticator authenticator, SessionCheckMode mode)
{
    /// <summary>A session that can only set up a second factor may be read.</summary>
    private readonly bool _allowsEnrolment = mode == SessionCheckMode.Peek;

    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, SessionCheckMode.Peek, "/session", HttpMethods.Get).RequireSessionInEndpoint().AllowsEnrolment()
            .WithName("getSession").WithSummary("Look at the current session")
            .WithDescription("Return the current session without extending it.");
        Map(routes, SessionCheckMode.Touch, "/session/touch", HttpMethods.Post).RequireSessionInEndpoint()
            .WithName("touchSession").WithSummary("Report activity")
            .WithDescription("Activity: extends the idle clock of the current session.");
        Map(routes, SessionCheckMode.Validate, "/session/validate", HttpMethods.Post).Refuses(ProblemKind.SessionInvalid)
            .WithName("validateSession").WithSummary("Validate the session")
            .WithDescription("Say whether the presented session is live, without a body. Extends nothing.");
    }

    private static IEndpointConventionBuilder Map(IEndpointRouteBuilder routes, SessionCheckMode mode, string pattern, string method)
    {
        RequestDelegate invoke = new CurrentSessionEndpoint(routes.ServiceProvider.GetRequiredService<SessionAuthenticator>(), mode).InvokeAsync;
        var answer = mode == SessionCheckMode.Validate
            ? new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent)
            : new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(SessionBody), ["application/json"]);
        return routes.MapMethods(pattern, [method], invoke).WithMetadata(invoke.Method, answer);
    }

    private Task InvokeAsync(HttpContext context)
    {
        var request = new SessionCheckRequest(mode, context.Connection.RemoteIpAddress, _allowsEnrolment, context);
        var checking = authenticator.CheckAsync(Credential.Read(context.Request.Headers).Token, request, context.RequestAborted);
        return checking.IsCompletedSuccessfully ? AnswerAsync(context, checking.Result) : WaitAsync(context, checking);
    }

    private async Task WaitAsync(HttpContext context, ValueTask<SessionCheck> checking) => await AnswerAsync(context, await checking);

    private Task AnswerAsync(HttpContext context, SessionCheck check)
    {
        if (check.State != SessionState.Live) return new Problem(Refusal(context, check.State)).ExecuteAsync(context);
        if (QueryParameters.Check(context) is { } unknown) return unknown.ExecuteAsync(context);
        // A grain that was asked answers with a view in any case.
        if (mode != SessionCheckMode.Validate) return SessionAnswer.WriteAsync(context, check.View!);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>The headers are read again, which only a refusal costs.</summary>
    private ProblemKind Refusal(HttpContext context, SessionState state) => state == SessionState.EnrolmentOnly && mode != SessionCheckMode.Validate
        ? ProblemKind.SecondFactorEnrolmentRequired
        : Credential.Read(context.Request.Headers).RefusalAsSession;
}
