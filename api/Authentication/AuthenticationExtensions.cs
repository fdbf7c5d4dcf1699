using Platform.Api.Problems;
using Platform.ApiKeys;

namespace Platform.Api.Authentication;

/// <summary>Requirements of endpoints about the authentication of their callers.</summary>
internal static class AuthenticationExtensions
{
    /// <summary>A live session; the call counts as activity.</summary>
    public static TBuilder RequireSession<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(SessionRequirement.Touch);

    /// <summary>A live session, which the endpoint checks by itself.</summary>
    public static TBuilder RequireSessionInEndpoint<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(SessionRequirement.CheckedByEndpoint);

    /// <summary>Also for sessions that are limited to setting up a second factor. Without this a call refuses them.</summary>
    public static TBuilder AllowsEnrolment<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(Authentication.AllowsEnrolment.Instance);

    /// <summary>
    /// An API key with that scope may call it too, and then holds these permissions, as far as its sponsor does. Not for calls that need the session itself, or a fresh sign-in: no key can prove that a person
    /// is there (decision 109). Called several times, any of the scopes will do.
    /// </summary>
    public static TBuilder AllowsApiKey<TBuilder>(this TBuilder builder, ApiKeyScopes scope, Permissions grants) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new ApiKeyRequirement(scope, grants, Only: false)).Refuses(ProblemKind.ApiKeyInvalid, ProblemKind.Forbidden);

    /// <summary>An API key with that scope; sessions are refused.</summary>
    public static TBuilder RequireApiKey<TBuilder>(this TBuilder builder, ApiKeyScopes scope, Permissions grants) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new ApiKeyRequirement(scope, grants, Only: true)).Refuses(ProblemKind.ApiKeyInvalid, ProblemKind.Forbidden);

    /// <summary>The key may come as the client secret of OAuth too, with its id as the client id; problems are told as RFC 6749 does.</summary>
    /// <param name="builder">Endpoints that <see cref="RequireApiKey"/>.</param>
    /// <param name="inForm">Also in the form, by client_secret_post.</param>
    public static TBuilder AllowsClientSecret<TBuilder>(this TBuilder builder, bool inForm) where TBuilder : IEndpointConventionBuilder
    {
        AnswersOAuthErrors.Add(builder);
        return builder.WithMetadata(new ClientSecretMetadata(inForm));
    }

    public static TBuilder SetsSessionCookie<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(SetsCookie.Instance);
}
