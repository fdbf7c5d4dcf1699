using Platform.Api.Authentication;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Sessions;

namespace Platform.Api.Sessions;

/// <summary>
/// <c>POST /v1/session/validate</c>, the cheapest call: no binding, no filter, no scope of services, no view of the session, and for a live one no task.
/// </summary>
internal sealed class ValidateEndpoint(SessionAuthenticator authenticator)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RequestDelegate invoke = new ValidateEndpoint(routes.ServiceProvider.GetRequiredService<SessionAuthenticator>()).InvokeAsync;
        routes.MapPost("/session/validate", invoke)
            .WithMetadata(invoke.Method, new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent))
            .WithSummary("Is the presented session live? A look without a body; extends nothing.")
            .Refuses(ProblemKind.SessionInvalid);
    }

    private Task InvokeAsync(HttpContext context)
    {
        var checking = authenticator.CheckAsync(Credential.Read(context.Request.Headers).Token, new SessionCheckRequest(SessionCheckMode.Validate, context.Connection.RemoteIpAddress, Holder: context), context.RequestAborted);
        return checking.IsCompletedSuccessfully ? AnswerAsync(context, checking.Result.State) : WaitAsync(context, checking);
    }

    private static async Task WaitAsync(HttpContext context, ValueTask<SessionCheck> checking) => await AnswerAsync(context, (await checking).State);

    private static Task AnswerAsync(HttpContext context, SessionState state)
    {
        if (state != SessionState.Live) return new Problem(ProblemKind.SessionInvalid).ExecuteAsync(context);
        if (QueryParameters.Check(context) is { } unknown) return unknown.ExecuteAsync(context);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
