using Platform.Api.Http;
using Platform.Api.Sessions;
using Platform.ApiKeys;
using Platform.Users;

namespace Platform.Api.Security;

/// <summary>What endpoints say about who may call them.</summary>
internal static class SecurityExtensions
{
    public static void AddSessionSecurity(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TokenKeyRing>();
        builder.Services.AddSingleton<SessionTokens>();
        builder.Services.AddSingleton<RejectedTokenCache>();
        builder.Services.AddSingleton<RefusedCalls>();
        builder.Services.AddSingleton<RefusalAuditor>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<RefusalAuditor>());
        builder.Services.AddSingleton<SessionAuthenticator>();
        builder.Services.AddSingleton<Challenges>();
        builder.Services.AddSingleton<SignInSteps>();
        builder.Services.AddSingleton<ApiKeyText>();
        builder.Services.AddSingleton<ApiKeyAuthenticator>();
    }

    public static void UseSessionSecurity(this WebApplication app)
    {
        app.UseMiddleware<CrossOriginMiddleware>();
        app.UseMiddleware<ApiKeyAuthenticationMiddleware>();
        app.UseMiddleware<SessionAuthenticationMiddleware>();
        app.UseMiddleware<TenantAuthorizationMiddleware>();
    }

    /// <summary>A live session; the call counts as activity.</summary>
    public static TBuilder RequireSession<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(SessionRequirement.Touch);

    /// <summary>A live session; looking does not extend it.</summary>
    public static TBuilder RequireSessionWithoutTouch<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(SessionRequirement.Peek);

    /// <summary>Also for sessions that are limited to setting up a second factor. Without this a call refuses them.</summary>
    public static TBuilder AllowsEnrolment<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(Security.AllowsEnrolment.Instance);

    public static TBuilder RequireOperator<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(SessionRequirement.Touch, OperatorRequirement.Instance);

    public static TBuilder RequireTenant<TBuilder>(this TBuilder builder, bool alsoOperators = false) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(SessionRequirement.Touch, alsoOperators ? TenantRequirement.MembersAndOperators : TenantRequirement.Members);

    /// <summary>An API key with that scope may call it too, and then holds these permissions. Whoever needs the session itself must not use this.</summary>
    public static TBuilder AllowsApiKey<TBuilder>(this TBuilder builder, ApiKeyScopes scope, Permissions grants) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new ApiKeyRequirement(scope, grants, Only: false)).Refuses(ProblemKind.ApiKeyInvalid);

    /// <summary>An API key with that scope; sessions are refused.</summary>
    public static TBuilder RequireApiKey<TBuilder>(this TBuilder builder, ApiKeyScopes scope, Permissions grants) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new ApiKeyRequirement(scope, grants, Only: true)).Refuses(ProblemKind.ApiKeyInvalid, ProblemKind.Forbidden);

    /// <summary>
    /// An operator with an active grant of the tenant may read it too, after that is in the tenant's log. Only for GET, and for handlers that need the session not itself.
    /// </summary>
    public static TBuilder ReadableBySupport<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(AllowsSupportAccess.Instance).Refuses(ProblemKind.ReauthenticationRequired, ProblemKind.SecondFactorEnrolmentRequired);

    public static TBuilder SetsSessionCookie<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(SetsCookie.Instance);
}
