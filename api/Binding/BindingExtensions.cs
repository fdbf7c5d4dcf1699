using Platform.Api.Admission;
using Platform.Api.Problems;
using Platform.Api.Requests;

namespace Platform.Api.Binding;

internal static class BindingExtensions
{
    /// <summary>A group whose handlers only see good input, and run when their class has a place.</summary>
    public static RouteGroupBuilder MapApiGroup(this IEndpointRouteBuilder routes, string prefix, string tag, CallClass @class)
    {
        var group = routes.MapGroup(prefix).WithTags(tag);
        group.AddEndpointFilter(InvalidInputFilter.FilterAsync);
        group.InClass(@class);
        ((IEndpointConventionBuilder)group).Finally(RouteText.Add);
        return group;
    }

    /// <summary>Admits and documents a parameter that the handler reads strictly from the query by itself.</summary>
    public static TBuilder TakesQuery<TBuilder>(this TBuilder builder, string name, string description) where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new QueryMetadata(name, description));

    /// <summary>Documents a change that is meant for one version, named by <c>If-Match</c>.</summary>
    public static TBuilder NeedsVersion<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder => builder
        .WithMetadata(VersionedMetadata.Instance).Refuses(ProblemKind.Forbidden, ProblemKind.InvalidRequest, ProblemKind.PreconditionRequired, ProblemKind.PreconditionFailed);
}
