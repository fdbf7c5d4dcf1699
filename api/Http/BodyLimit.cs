namespace Platform.Api.Http;

/// <summary>On an endpoint: how large its body may be; without this, the default.</summary>
internal sealed record BodyLimit(int Size)
{
    public static readonly BodyLimit Default = new(64 * 1024);

    /// <summary>Also where no endpoint was found.</summary>
    public static int Of(HttpContext context) => (context.GetEndpoint()?.Metadata.GetMetadata<BodyLimit>() ?? Default).Size;
}
