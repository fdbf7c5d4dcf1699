namespace Platform.Api.Problems;

/// <summary>On an endpoint of OAuth: its problems carry <c>error</c> too, the member by which clients of RFC 6749 (5.2) know what is wrong.</summary>
internal sealed class AnswersOAuthErrors
{
    private static readonly AnswersOAuthErrors Instance = new();

    /// <summary>Null on other endpoints, and for what RFC 6749 has no name for.</summary>
    public static string? Of(HttpContext context, ProblemKind kind) => context.GetEndpoint()?.Metadata.GetMetadata<AnswersOAuthErrors>() is null ? null : kind.Status switch
    {
        StatusCodes.Status400BadRequest or StatusCodes.Status413PayloadTooLarge or StatusCodes.Status415UnsupportedMediaType => "invalid_request",
        StatusCodes.Status401Unauthorized => "invalid_client",
        _ => null,
    };

    public static void Add(IEndpointConventionBuilder builder) => builder.WithMetadata(Instance);
}
