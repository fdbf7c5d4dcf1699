namespace Platform.Api.Problems;

/// <summary>On an endpoint: refusals that are its own; those that follow from its requirements are found by themselves. For the OpenAPI document.</summary>
internal sealed record RefusalMetadata(ImmutableArray<ProblemKind> Kinds);

internal static class RefusalExtensions
{
    /// <inheritdoc cref="RefusalMetadata"/>
    public static TBuilder Refuses<TBuilder>(this TBuilder builder, params ProblemKind[] kinds) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RefusalMetadata([.. kinds]));
}
