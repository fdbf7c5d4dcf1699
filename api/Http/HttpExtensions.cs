using System.Text.Json;
using Platform.Api.Audit;
using Platform.Api.Sessions;
using Platform.IpRules;
using Platform.Scenarios;
using Platform.SecondFactors;
using Platform.Sessions;
using Platform.Support;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Api.Http;

internal static class HttpExtensions
{
    public static void AddHttpConventions(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<JsonInput>();
        builder.Services.AddSingleton<Cursors>();
        builder.Services.AddSingleton<SessionLists>();
        builder.Services.AddSingleton<AuditReads>();
        builder.Services.AddOptions<RateLimitOptions>().BindConfiguration(RateLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.ConfigureHttpJsonOptions(json => Configure(json.SerializerOptions));
    }

    public static void UseProblems(this WebApplication app) => app.UseMiddleware<ProblemMiddleware>();

    public static void UseProxy(this WebApplication app) => app.UseMiddleware<TrustedProxyMiddleware>();

    public static void UseLimits(this WebApplication app) => app.UseMiddleware<LimitMiddleware>();

    /// <summary>A group whose handlers only see good input.</summary>
    public static RouteGroupBuilder MapApiGroup(this IEndpointRouteBuilder routes, string prefix, string tag)
    {
        var group = routes.MapGroup(prefix).WithTags(tag);
        group.AddEndpointFilter(InvalidInputFilter.FilterAsync);
        ((IEndpointConventionBuilder)group).Finally(RouteText.Add);
        return group;
    }

    public static TBuilder WithBudget<TBuilder>(this TBuilder builder, Budget budget) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new BudgetMetadata(budget));

    public static TBuilder Unlimited<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(UnlimitedMetadata.Instance);

    /// <summary>Documents refusals that are this call's own; those that follow from its requirements are found by themselves.</summary>
    public static TBuilder Refuses<TBuilder>(this TBuilder builder, params ProblemKind[] kinds) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RefusalMetadata([.. kinds]));

    /// <summary>Admits and documents a parameter that the handler reads strictly from the query by itself.</summary>
    public static TBuilder TakesQuery<TBuilder>(this TBuilder builder, string name, string description) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new QueryMetadata(name, description));

    /// <summary>For the few calls that take more than <see cref="BodyLimit.Default"/>.</summary>
    public static TBuilder WithBodyUpTo<TBuilder>(this TBuilder builder, int size) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new BodyLimit(size));

    /// <summary>Documents a change that is meant for one version, named by <c>If-Match</c>.</summary>
    public static TBuilder NeedsVersion<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder => builder
        .WithMetadata(VersionedMetadata.Instance).Refuses(ProblemKind.Forbidden, ProblemKind.InvalidRequest, ProblemKind.PreconditionRequired, ProblemKind.PreconditionFailed);

    private static void Configure(JsonSerializerOptions json)
    {
        json.PropertyNameCaseInsensitive = false;
        json.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        json.MaxDepth = 32;
        json.Converters.Add(new DurationConverter());
        json.Converters.Add(new UtcTimeConverter());
        json.Converters.Add(new NamedEnumConverter<TenantEdition>());
        json.Converters.Add(new NamedEnumConverter<TenantStatus>());
        json.Converters.Add(new NamedEnumConverter<UserStatus>());
        json.Converters.Add(new NamedEnumConverter<IpRuleAction>());
        json.Converters.Add(new NamedEnumConverter<SessionTransport>());
        json.Converters.Add(new NamedEnumConverter<SecondFactorMethod>());
        json.Converters.Add(new NamedEnumConverter<ScenarioKind>());
        json.Converters.Add(new NamedEnumConverter<ScenarioStatus>());
        json.Converters.Add(new NamedEnumConverter<SupportGrantState>());
        json.Converters.Add(new NamedEnumConverter<SupportGrantEnd>());
    }
}

/// <summary>For the OpenAPI document.</summary>
internal sealed record RefusalMetadata(ImmutableArray<ProblemKind> Kinds);
