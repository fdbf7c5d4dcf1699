using Platform.Api.DeniedRequests;
using Platform.Api.Problems;
using Platform.Api.Tokens;
using Platform.ApiKeys;

namespace Platform.Api.Authentication;

/// <summary>On an endpoint: an API key with this scope may call it, with these permissions; in place of a session, or <paramref name="Only"/> a key may.</summary>
internal sealed record ApiKeyRequirement(ApiKeyScopes Scope, Permissions Grants, bool Only);

/// <summary>Establishes a caller that presents an API key, before the session authentication. A key counts as bearer only, never in a cookie.</summary>
internal sealed class ApiKeyAuthenticationMiddleware(RequestDelegate next, ApiKeyAuthenticator authenticator, DeniedRequestQueue refused)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ApiKeyRequirement>() is not { } requirement) return next(context);
        var credential = Credential.Read(context.Request.Headers);
        var isKey = credential.IsBearer && ApiKeyText.IsMeant(credential.Token.Span);
        return isKey || requirement.Only ? AuthenticateAsync(context, requirement, isKey ? credential.Token : default) : next(context);
    }

    private async Task AuthenticateAsync(HttpContext context, ApiKeyRequirement requirement, ReadOnlyMemory<char> text)
    {
        if (await authenticator.CheckAsync(text, context.Connection.RemoteIpAddress, context.RequestAborted) is not { } key)
        {
            await new Problem(ProblemKind.ApiKeyInvalid).ExecuteAsync(context);
            return;
        }

        var caller = new Caller(key, requirement.Grants, context);
        if (key.Scopes.HasFlag(requirement.Scope))
        {
            context.Features.Set(caller);
            await next(context);
        }
        else
        {
            await new Problem(ProblemKind.Forbidden).ExecuteAsync(context);
        }

        if (DeniedRequestQueue.IsForbidden(context)) refused.ReportForbidden(caller.Actor, context);
    }
}
