using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.DeniedRequests;
using Platform.Api.ForwardedHeaders;
using Platform.Api.Json;
using Platform.Api.Limits;
using Platform.Api.Paging;
using Platform.Api.Problems;
using Platform.Api.RateLimiting;
using Platform.Api.Requests;
using Platform.Api.Sessions;
using Platform.Api.SignIn;
using Platform.Api.Tokens;
using Platform.Hosting;
using Platform.Sessions;

namespace Platform.Api.Hosting;

/// <summary>The middleware before every endpoint, in the order in which a request passes it.</summary>
internal static class HttpExtensions
{
    public static void AddHttpConventions(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.ConfigureHttpJsonOptions(json => JsonConventions.Apply(json.SerializerOptions));
        services.AddSingleton<JsonInput>();
        services.AddSingleton<Cursors>();
        services.AddSingleton<SessionLists>();
        services.AddSingleton<LongReadLimiter>();
        services.AddSingleton<AdmissionEpisodes>();
        services.AddSingleton<AdmissionControl>();
        services.AddOptions<AdmissionOptions>().BindConfiguration(AdmissionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddHostedSingleton<RateLimitExchange>();
        services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
    }

    public static void AddSessionSecurity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<TokenKeyRing>();
        services.AddSingleton<SessionTokens>();
        services.AddSingleton<ApiKeyText>();
        services.AddSingleton<DeniedRequestQueue>();
        services.AddHostedSingleton<DeniedRequestAuditor>();
        services.AddSingleton<RejectedTokenCache>();
        services.AddOptions<SessionReplicaOptions>().BindConfiguration(SessionReplicaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddHostedSingleton<SessionReplicas>();
        services.AddSingleton<SessionAuthenticator>();
        services.AddSingleton<ApiKeyAuthenticator>();
        services.AddSingleton<Issuer>();
        services.AddSingleton<Challenges>();
        services.AddSingleton<SignInSteps>();
    }

    public static void UseProblems(this WebApplication app) => app.UseMiddleware<ProblemMiddleware>();

    public static void UseProxy(this WebApplication app) => app.UseMiddleware<TrustedProxyMiddleware>();

    /// <summary>Before the route is chosen.</summary>
    public static void UseHead(this WebApplication app) => app.UseMiddleware<HeadMiddleware>();

    public static void UseLimits(this WebApplication app) => app.UseMiddleware<RateLimitMiddleware>();

    public static void UseAdmission(this WebApplication app) => app.UseMiddleware<SessionCheckMiddleware>();

    public static void UseSessionSecurity(this WebApplication app)
    {
        app.UseMiddleware<CrossOriginMiddleware>();
        app.UseMiddleware<ApiKeyAuthenticationMiddleware>();
        app.UseMiddleware<SessionAuthenticationMiddleware>();
        app.UseMiddleware<TenantAuthorizationMiddleware>();
    }
}
