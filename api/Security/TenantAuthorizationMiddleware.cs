using Platform.Api.Http;
using Platform.Tenants;

namespace Platform.Api.Security;

/// <summary>
/// On an endpoint: its route names a tenant, and the caller is at home there; or an operator, where <paramref name="AlsoOperators"/>: for what operators administer,
/// never for a tenant's data (see <see cref="AllowsSupportAccess"/>).
/// </summary>
internal sealed record TenantRequirement(bool AlsoOperators)
{
    /// <summary>
    /// A route that names a tenant and does not say who may come in is a mistake in its mapping: then the host does not start, instead of serving it to everybody.
    /// </summary>
    public static void Demand(IEndpointRouteBuilder routes)
    {
        var open = routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.GetParameter("tenant") is not null && endpoint.Metadata.GetMetadata<TenantRequirement>() is null)
            .Select(endpoint => endpoint.DisplayName)
            .ToList();
        if (open.Count > 0) throw new InvalidOperationException($"These routes name a tenant but do not require one: {string.Join(", ", open)}.");
    }

    public static readonly TenantRequirement Members = new(AlsoOperators: false);
    public static readonly TenantRequirement MembersAndOperators = new(AlsoOperators: true);
}

/// <summary>The tenant of the route, resolved. Bound into handlers of endpoints that require one.</summary>
internal sealed record TenantScope(TenantId Id)
{
    /// <exception cref="InvalidOperationException">The endpoint does not require a tenant: a mistake in its mapping.</exception>
    public static ValueTask<TenantScope> BindAsync(HttpContext context) => new(
        context.Features.Get<TenantScope>()
        ?? throw new InvalidOperationException($"{context.GetEndpoint()} takes a {nameof(TenantScope)} but does not require a tenant."));
}

/// <summary>
/// The one place where <c>{tenant}</c>, slug or id, becomes a tenant. Absent, malformed and foreign ones answer alike (threat T44);
/// the grain that owns the data checks again.
/// </summary>
internal sealed class TenantAuthorizationMiddleware(RequestDelegate next, IGrainFactory grains)
{
    public Task InvokeAsync(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<TenantRequirement>() is { } requirement ? EnterAsync(context, requirement) : next(context);

    private async Task EnterAsync(HttpContext context, TenantRequirement requirement)
    {
        var text = context.GetRouteValue("tenant") as string
            ?? throw new InvalidOperationException($"{context.GetEndpoint()} requires a tenant but its route names none.");
        var caller = Caller.Of(context);
        var tenant = await ResolveAsync(text, context.RequestAborted);
        if (tenant is not { } id)
        {
            await Problem.Hidden.ExecuteAsync(context);
            return;
        }

        if (id != caller.Actor.TenantId && !(requirement.AlsoOperators && caller.IsOperator))
        {
            var admission = await AllowsSupportAccess.AdmitAsync(context, caller, grains.Support(id));
            if (admission.Value is not { } access)
            {
                // Logged the same way whether or not there is such a tenant: the caller's own log must not tell either.
                await (admission.Refusal == Refusal.NotFound ? Problem.Hidden : admission.ToProblem()).ExecuteAsync(context);
                return;
            }

            context.Features.Set(caller.Under(access.GrantId, id));
        }

        context.Features.Set(new TenantScope(id));
        await next(context);
    }

    private async ValueTask<TenantId?> ResolveAsync(string text, CancellationToken cancellationToken)
    {
        if (TenantId.TryParse(text, out var id)) return id;
        return Slugs.IsValid(text) ? await grains.TenantName(text).ResolveAsync(cancellationToken) : null;
    }
}
