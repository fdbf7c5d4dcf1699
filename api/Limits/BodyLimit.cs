namespace Platform.Api.Limits;

/// <summary>On an endpoint: how large its body may be; without this, the default.</summary>
internal sealed record BodyLimit(int Size)
{
    public static readonly BodyLimit Default = new(64 * 1024);

    /// <summary>Also where no endpoint was found.</summary>
    public static int Of(HttpContext context) => (context.GetEndpoint()?.Metadata.GetMetadata<BodyLimit>() ?? Default).Size;
}

internal static class BodyLimitExtensions
{
    /// <summary>For the few calls that take more than <see cref="BodyLimit.Default"/>.</summary>
    public static TBuilder WithBodyUpTo<TBuilder>(this TBuilder builder, int size) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new BodyLimit(size));
}
