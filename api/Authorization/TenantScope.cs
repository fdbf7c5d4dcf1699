namespace Platform.Api.Authorization;

/// <summary>The tenant of the route, resolved. Bound into handlers of endpoints that require one.</summary>
internal sealed record TenantScope(TenantId Id)
{
    /// <exception cref="InvalidOperationException">The endpoint does not require a tenant: a mistake in its mapping.</exception>
    public static ValueTask<TenantScope> BindAsync(HttpContext context) => new(
        context.Features.Get<TenantScope>()
        ?? throw new InvalidOperationException($"{context.GetEndpoint()} takes a {nameof(TenantScope)} but does not require a tenant."));
}
