namespace Platform.Api.Binding;

/// <summary>On an endpoint, for the OpenAPI document: media types of its good answer that no type says, and headers of its own (names of <c>AnswerHeaders</c>).</summary>
internal sealed record AnswerMetadata(ImmutableArray<string> MediaTypes, ImmutableArray<string> Headers);

/// <summary>On an endpoint, for the OpenAPI document: a credential that it reads by itself.</summary>
/// <param name="Schemes">Names of <see cref="CredentialSchemes"/>; any of them will do.</param>
/// <param name="IsOptional">The call answers without one, too.</param>
internal sealed record CredentialMetadata(ImmutableArray<string> Schemes, bool IsOptional);

/// <summary>The ways in which a caller proves who it is, by the names that the OpenAPI document has for them.</summary>
internal static class CredentialSchemes
{
    public const string Cookie = "cookie";
    public const string Bearer = "bearer";
    public const string PageCookie = "pageCookie";
    public const string ApiKey = "apiKey";
    public const string ClientSecret = "clientSecret";
    public const string StatusToken = "statusToken";
}

internal static class AnswerExtensions
{
    /// <summary>The good answer is one of these media types.</summary>
    public static TBuilder AnswersAs<TBuilder>(this TBuilder builder, params string[] mediaTypes) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new AnswerMetadata([.. mediaTypes], []));

    /// <summary>The good answer has these headers.</summary>
    public static TBuilder AnswersWith<TBuilder>(this TBuilder builder, params string[] headers) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new AnswerMetadata([], [.. headers]));

    /// <inheritdoc cref="CredentialMetadata"/>
    public static TBuilder TakesCredential<TBuilder>(this TBuilder builder, params string[] schemes) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new CredentialMetadata([.. schemes], IsOptional: false));

    /// <summary>A live session, if there is one; the call answers without it, too.</summary>
    public static TBuilder TakesSessionIfAny<TBuilder>(this TBuilder builder, params string[] schemes) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new CredentialMetadata([.. schemes], IsOptional: true));
}
