using System.Net;
using System.Security.Cryptography;
using Platform.Api.Binding;
using Platform.Api.DeniedRequests;
using Platform.Api.Problems;
using Platform.ApiKeys;

namespace Platform.Api.Authentication;

/// <summary>
/// On an endpoint: an API key with this scope may call it, with these permissions as far as its sponsor holds them; in place of a session, or <paramref name="Only"/> a key may. An endpoint may have several:
/// any of the scopes opens it.
/// </summary>
internal sealed record ApiKeyRequirement(ApiKeyScopes Scope, Permissions Grants, bool Only)
{
    /// <summary>What a key's scopes are worth at an endpoint; null: none of them opens it.</summary>
    public static Permissions? GrantedTo(ApiKeyScopes scopes, IReadOnlyList<ApiKeyRequirement> requirements)
    {
        Permissions? granted = null;
        for (var i = 0; i < requirements.Count; i++)
        {
            if (scopes.HasFlag(requirements[i].Scope)) granted = granted.GetValueOrDefault() | requirements[i].Grants;
        }

        return granted;
    }
}

/// <summary>On an endpoint that only keys may call: they may come as the client secret of OAuth, in a Basic header and, if <paramref name="InForm"/>, in the form.</summary>
internal sealed record ClientSecretMetadata(bool InForm);

/// <summary>
/// Establishes a caller that presents an API key, before the session authentication. A key counts as bearer, never in a cookie; as client secret only where the endpoint says so.
/// </summary>
internal sealed class ApiKeyAuthenticationMiddleware(RequestDelegate next, ApiKeyAuthenticator authenticator, DeniedRequestQueue refused)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetOrderedMetadata<ApiKeyRequirement>() is not { Count: > 0 } requirements) return next(context);
        if (context.GetEndpoint()!.Metadata.GetMetadata<ClientSecretMetadata>() is { } client) return AuthenticateClientAsync(context, requirements, client);
        var credential = Credential.Read(context.Request.Headers);
        return credential.IsApiKey || requirements[0].Only ? AuthenticateAsync(context, requirements, credential.IsApiKey ? credential.Token : default) : next(context);
    }

    private async Task AuthenticateAsync(HttpContext context, IReadOnlyList<ApiKeyRequirement> requirements, ReadOnlyMemory<char> text)
    {
        if (await authenticator.CheckAsync(text.Span, context.Connection.RemoteIpAddress, context.RequestAborted) is { Grant: { } grant } key) await CallAsync(context, requirements, grant, key.SponsorRights);
        else await new Problem(ProblemKind.ApiKeyInvalid).ExecuteAsync(context);
    }

    /// <summary>The form is read first: it may hold the secret, or a second one, which is refused whether either is right or not.</summary>
    private async Task AuthenticateClientAsync(HttpContext context, IReadOnlyList<ApiKeyRequirement> requirements, ClientSecretMetadata client)
    {
        var credential = ApiKeyCredential.Read(context.Request.Headers, client.InForm ? await UrlEncodedForm.ReadAsync(context) : null);
        if (credential.Method == ApiKeyMethod.Several)
        {
            await Problem.Invalid("", "several_credentials", "Authenticate in one way: by a Basic header, by client_id and client_secret in the form, or by a Bearer header.").ExecuteAsync(context);
            return;
        }

        if (await CheckAsync(credential, context.Connection.RemoteIpAddress, context.RequestAborted) is { Grant: { } grant } key) await CallAsync(context, requirements, grant, key.SponsorRights);
        else await new Problem(ProblemKind.ApiKeyInvalid) { Challenges = credential.Challenges }.ExecuteAsync(context);
    }

    private async Task CallAsync(HttpContext context, IReadOnlyList<ApiKeyRequirement> requirements, ApiKeyGrant key, Permissions sponsorRights)
    {
        var granted = ApiKeyRequirement.GrantedTo(key.Scopes, requirements);
        var caller = new Caller(key, granted.GetValueOrDefault() & sponsorRights, context);
        if (granted is not null)
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
    private ValueTask<ApiKeyCheck> CheckAsync(in ApiKeyCredential credential, IPAddress? from, CancellationToken cancellationToken)
    {
        if (credential.Method == ApiKeyMethod.Basic) return CheckBasicAsync(credential, from, cancellationToken);
        return credential.ClientId is { } id
            ? authenticator.CheckClientAsync(id, credential.Secret.Span, from, cancellationToken)
            : authenticator.CheckAsync(credential.Secret.Span, from, cancellationToken);
    }

    private ValueTask<ApiKeyCheck> CheckBasicAsync(in ApiKeyCredential credential, IPAddress? from, CancellationToken cancellationToken)
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
