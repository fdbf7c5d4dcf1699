using System.Net;
using System.Security.Cryptography;
using Platform.Api.Binding;
using Platform.Api.DeniedRequests;
using Platform.Api.Problems;
using Platform.ApiKeys;

namespace Platform.Api.Authentication;

/// <summary>On an endpoint: an API key with this scope may call it, with these permissions; in place of a session, or <paramref name="Only"/> a key may.</summary>
internal sealed record ApiKeyRequirement(ApiKeyScopes Scope, Permissions Grants, bool Only);

/// <summary>On an endpoint that only keys may call: they may come as the client secret of OAuth, in a Basic header and, if <paramref name="InForm"/>, in the form.</summary>
internal sealed record ClientSecretMetadata(bool InForm);

/// <summary>
/// Establishes a caller that presents an API key, before the session authentication. A key counts as bearer, never in a cookie; as client secret only where the endpoint says so.
/// </summary>
internal sealed class ApiKeyAuthenticationMiddleware(RequestDelegate next, ApiKeyAuthenticator authenticator, DeniedRequestQueue refused)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ApiKeyRequirement>() is not { } requirement) return next(context);
        if (context.GetEndpoint()!.Metadata.GetMetadata<ClientSecretMetadata>() is { } client) return AuthenticateClientAsync(context, requirement, client);
        var credential = Credential.Read(context.Request.Headers);
        return credential.IsApiKey || requirement.Only ? AuthenticateAsync(context, requirement, credential.IsApiKey ? credential.Token : default) : next(context);
    }

    private async Task AuthenticateAsync(HttpContext context, ApiKeyRequirement requirement, ReadOnlyMemory<char> text)
    {
        if (await authenticator.CheckAsync(text.Span, context.Connection.RemoteIpAddress, context.RequestAborted) is { } key) await CallAsync(context, requirement, key);
        else await new Problem(ProblemKind.ApiKeyInvalid).ExecuteAsync(context);
    }

    /// <summary>The form is read first: it may hold the secret, or a second one, which is refused whether either is right or not.</summary>
    private async Task AuthenticateClientAsync(HttpContext context, ApiKeyRequirement requirement, ClientSecretMetadata client)
    {
        var credential = ApiKeyCredential.Read(context.Request.Headers, client.InForm ? await UrlEncodedForm.ReadAsync(context) : null);
        if (credential.Method == ApiKeyMethod.Several)
        {
            await Problem.Invalid("", "several_credentials", "Authenticate in one way: by a Basic header, by client_id and client_secret in the form, or by a Bearer header.").ExecuteAsync(context);
            return;
        }

        if (await CheckAsync(credential, context.Connection.RemoteIpAddress, context.RequestAborted) is { } key) await CallAsync(context, requirement, key);
        else await new Problem(ProblemKind.ApiKeyInvalid) { Challenges = credential.Challenges }.ExecuteAsync(context);
    }

    private async Task CallAsync(HttpContext context, ApiKeyRequirement requirement, ApiKeyGrant key)
    {
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

    /// <summary>A client id counts wherever it stands: it is the key's own, or the caller is not whom it says.</summary>
    private ValueTask<ApiKeyGrant?> CheckAsync(in ApiKeyCredential credential, IPAddress? from, CancellationToken cancellationToken)
    {
        if (credential.Method == ApiKeyMethod.Basic) return CheckBasicAsync(credential, from, cancellationToken);
        return credential.ClientId is { } id
            ? authenticator.CheckClientAsync(id, credential.Secret.Span, from, cancellationToken)
            : authenticator.CheckAsync(credential.Secret.Span, from, cancellationToken);
    }

    private ValueTask<ApiKeyGrant?> CheckBasicAsync(in ApiKeyCredential credential, IPAddress? from, CancellationToken cancellationToken)
    {
        Span<char> room = stackalloc char[BasicCredentials.MaxLength];
        try
        {
            return BasicCredentials.TryRead(credential.Secret.Span, room, out var id, out var secret) && (credential.ClientId is null || id.SequenceEqual(credential.ClientId))
                ? authenticator.CheckClientAsync(id, secret, from, cancellationToken)
                : default;
        }
        finally
        {
            room.Clear();
        }
    }
}
