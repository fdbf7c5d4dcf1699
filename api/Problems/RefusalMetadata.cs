namespace Platform.Api.Problems;

/// <summary>On an endpoint: its own refusals, for the OpenAPI document. Its requirements add theirs.</summary>
internal sealed record RefusalMetadata(ImmutableArray<ProblemKind> Kinds);

internal static class RefusalExtensions
{
    /// <inheritdoc cref="RefusalMetadata"/>
    public static TBuilder Refuses<TBuilder>(this TBuilder builder, params ProblemKind[] kinds) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RefusalMetadata([.. kinds]));
}
