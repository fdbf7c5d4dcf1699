using Platform.Api.Problems;

namespace Platform.Api.Binding;

/// <summary>The resource that <c>{id}</c> names. A text that is no id gets the same answer as an absent id. The grain that owns the resource refuses callers of other tenants.</summary>
internal sealed record IdRoute<TId>(TId Id, Problem? Problem) : IBindingResult where TId : struct, IPrefixedId<TId>
{
    public static ValueTask<IdRoute<TId>> BindAsync(HttpContext context) => new(
        PrefixedId.TryParse<TId>(context.GetRouteValue("id") as string, out var id) ? new IdRoute<TId>(id, null) : new IdRoute<TId>(default, new Problem(ProblemKind.NotFound)));
}
