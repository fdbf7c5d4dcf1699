namespace Platform.Api.RateLimiting;

/// <summary>Not named as the framework's, whose limiter takes one lock for the whole process (decision 0014).</summary>
internal static class RateLimitExtensions
{
    public static TBuilder WithRateLimit<TBuilder>(this TBuilder builder, RateLimitPolicy policy) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RateLimitMetadata(policy));

    public static TBuilder WithoutRateLimit<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(NoRateLimitMetadata.Instance);
}
