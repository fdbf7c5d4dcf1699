using Microsoft.AspNetCore.Http.Metadata;

namespace Platform.Api.Limits;

/// <summary>On an endpoint: how large its body may be; without this, the default.</summary>
internal sealed record BodyLimit(int Size) : IRequestSizeLimitMetadata
{
    /// <summary>
    /// Of a body that is refused for its size the server reads this much away without keeping it:
    /// a client that sends before it listens then hears the refusal instead of a broken connection.
    /// </summary>
    public const long ReadAwaySize = 1024 * 1024;

    public static readonly BodyLimit Default = new(64 * 1024);

    /// <summary>For the server, whose own limit is <see cref="ReadAwaySize"/>.</summary>
    long? IRequestSizeLimitMetadata.MaxRequestBodySize => Size + ReadAwaySize;

    /// <summary>Also where no endpoint was found.</summary>
    public static int Of(HttpContext context) => (context.GetEndpoint()?.Metadata.GetMetadata<BodyLimit>() ?? Default).Size;
}

internal static class BodyLimitExtensions
{
    /// <summary>For the few calls that take more than <see cref="BodyLimit.Default"/>.</summary>
    public static TBuilder WithBodyUpTo<TBuilder>(this TBuilder builder, int size) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new BodyLimit(size));
}
