using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Binding;
using Platform.Api.Limits;
using Platform.Api.Problems;
using Platform.Api.RateLimiting;
using Platform.Api.Requests;
using Platform.ApiKeys;

namespace Platform.Api.Sessions;

/// <summary>RFC 7662 for back ends of a tenant: they ask whether a session of the tenant is live, and whose it is. Extends nothing.</summary>
internal static class IntrospectionEndpoints
{
    public const string Path = "/v1/introspect";

    private const int MaxTokens = 1_000;

    /// <summary>A thousand tokens of 120 characters, with room for one too many.</summary>
    private const int MaxBatchBody = 192 * 1024;

    /// <summary>How many sessions that are not in this process are asked for at a time.</summary>
    private const int Parallelism = 32;

    /// <summary>The tenant's rules for keys judge the back end; where the session's holder is, is not known here.</summary>
    private static readonly SessionCheckRequest Asked = new(SessionCheckMode.Introspect, From: null);

    public static void MapIntrospection(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup(Path, "Introspection", CallClass.Introspection).RequireApiKey(ApiKeyScopes.Introspect, Permissions.None);

        group.MapPost("", IntrospectAsync)
            .WithName("introspectToken").WithSummary("Introspect a token")
            .WithDescription("Is this session live (RFC 7662, form member token)? API key with scope introspect as client secret, with its id as client id, or as bearer. Sessions of other tenants are not active.")
            .AllowsClientSecret(inForm: true).WithRateLimit(RateLimitPolicy.Sessions);
        group.MapPost("/batch", IntrospectBatchAsync)
            .WithName("introspectTokens").WithSummary("Introspect many tokens")
            .WithDescription("The same for up to 1,000 tokens, answered in their order. API key with scope introspect as client secret in a Basic header, or as bearer.")
            .AllowsClientSecret(inForm: false).WithBodyUpTo(MaxBatchBody);
    }

    private static async Task<Ok<IntrospectionBody>> IntrospectAsync(
        Caller caller, TokenForm form, HttpRequest request, Issuer issuer, SessionAuthenticator authenticator, CancellationToken cancellationToken) =>
        TypedResults.Ok(IntrospectionBody.Of(await authenticator.CheckAsync(form.Token.AsMemory(), Asked, cancellationToken), caller.Actor.TenantId, issuer.Of(request)));

    private static async Task<Results<Ok<IntrospectionBatchBody>, Problem>> IntrospectBatchAsync(
        Caller caller, JsonBody<TokensBody> body, HttpRequest request, Issuer issuer, SessionAuthenticator authenticator, CancellationToken cancellationToken)
    {
        var tokens = body.Value.Tokens;
        if (tokens.Length > MaxTokens) return Problem.Invalid("/tokens", "too_many", $"Send at most {MaxTokens} tokens.");
        var (asking, name) = (caller.Actor.TenantId, issuer.Of(request));
        var results = new IntrospectionBody[tokens.Length];
        await Parallel.ForAsync(0, tokens.Length, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken }, async (i, cancel) =>
            results[i] = IntrospectionBody.Of(await authenticator.CheckAsync(tokens[i].AsMemory(), Asked, cancel), asking, name));
        return TypedResults.Ok(new IntrospectionBatchBody(results));
    }
}
