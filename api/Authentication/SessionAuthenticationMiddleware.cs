using Platform.Api.DeniedRequests;
using Platform.Api.Problems;
using Platform.Sessions;

namespace Platform.Api.Authentication;

/// <summary>On an endpoint: it needs a live session.</summary>
/// <param name="Mode">How the session is checked before the endpoint, which finds its <see cref="Caller"/>; null: the endpoint checks it by itself.</param>
internal sealed record SessionRequirement(SessionCheckMode? Mode)
{
    public static readonly SessionRequirement Touch = new(SessionCheckMode.Touch);
    public static readonly SessionRequirement CheckedByEndpoint = new(Mode: null);
}

/// <summary>On an endpoint: sessions that can only set up a second factor may call it, too.</summary>
internal sealed class AllowsEnrolment
{
    public static readonly AllowsEnrolment Instance = new();
}

/// <summary>Establishes the caller, unless an API key has, before anything reads a body or an id.</summary>
internal sealed class SessionAuthenticationMiddleware(RequestDelegate next, SessionAuthenticator authenticator, DeniedRequestQueue refused)
{
    public Task InvokeAsync(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<SessionRequirement>() is { Mode: { } mode } && context.Features.Get<Caller>() is null
            ? AuthenticateAsync(context, mode)
            : next(context);

    private async Task AuthenticateAsync(HttpContext context, SessionCheckMode mode)
    {
        var credential = Credential.Read(context.Request.Headers);
        var mayEnrol = context.GetEndpoint()?.Metadata.GetMetadata<AllowsEnrolment>() is not null;
        var request = new SessionCheckRequest(mode, context.Connection.RemoteIpAddress, mayEnrol, context);
        var check = await authenticator.CheckAsync(credential.Token, request, context.RequestAborted);
        if (check.State == SessionState.EnrolmentOnly)
        {
            await new Problem(ProblemKind.SecondFactorEnrolmentRequired).ExecuteAsync(context);
            return;
        }

        if (check is not { State: SessionState.Live, View: { } view })
        {
            await new Problem(credential.RefusalAsSession).ExecuteAsync(context);
            return;
        }

        SecurityTestingHeader.Mark(context.Response, view);
        var caller = new Caller(view, credential.IsBearer, context);
        context.Features.Set(caller);
        await next(context);
        if (DeniedRequestQueue.IsForbidden(context)) refused.ReportForbidden(caller.Actor, context);
    }
}
