using Platform.Api.Authentication;
using Platform.Api.Problems;
using Platform.Tenants;

namespace Platform.Api.Authorization;

/// <summary>
/// Lets operators only, and people of the tenant only, to where these belong. The one place where <c>{tenant}</c>, slug or id, becomes a tenant. Absent, malformed and foreign ones answer alike (threat T44);
/// the grain that owns the data checks again.
/// </summary>
internal sealed class TenantAuthorizationMiddleware(RequestDelegate next, IGrainFactory grains)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata is not { } metadata) return next(context);
        if (metadata.GetMetadata<OperatorRequirement>() is { } operators && !Caller.Of(context).IsOperator) return operators.AdmitsReaders ? AdmitReaderAsync(context) : Problem.Hidden.ExecuteAsync(context);
        return metadata.GetMetadata<TenantRequirement>() is { } requirement ? AuthorizeAsync(context, requirement) : next(context);
    }

    private async Task AdmitReaderAsync(HttpContext context)
    {
        var actor = Caller.Of(context).Actor;
        if (actor.Holds(Permissions.Read) && await grains.Tenant(actor.TenantId).HasSlugAsync(Slugs.Platform, context.RequestAborted)) await next(context);
        else await Problem.Hidden.ExecuteAsync(context);
    }

    private async Task AuthorizeAsync(HttpContext context, TenantRequirement requirement)
    {
        var text = context.GetRouteValue("tenant") as string
            ?? throw new InvalidOperationException($"{context.GetEndpoint()} requires a tenant but its route names none.");
        var caller = Caller.Of(context);
        var tenant = await ResolveAsync(text, caller, context.RequestAborted);
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
                // Logged the same way whether or not there is such a tenant: the caller's own log must not reveal it either.
                await (admission.Refusal == Refusal.NotFound ? Problem.Hidden : admission.ToProblem()).ExecuteAsync(context);
                return;
            }

            context.Features.Set(caller.Under(access.GrantId, id));
        }

        context.Features.Set(new TenantScope(id));
        await next(context);
    }

    /// <summary>A member's own tenant is asked whether the slug is its: to look up a foreign one takes longer where there is none, which would tell who is a customer here.</summary>
    private async ValueTask<TenantId?> ResolveAsync(string text, Caller caller, CancellationToken cancellationToken)
    {
        if (TenantId.TryParse(text, out var id)) return id;
        if (!Slugs.IsValid(text)) return null;
        if (caller.IsOperator) return await grains.TenantName(text).ResolveAsync(cancellationToken);
        var own = caller.Actor.TenantId;
        return await grains.Tenant(own).HasSlugAsync(text, cancellationToken) ? own : null;
    }
}

/// <summary>The tenant of the route, resolved. Bound into handlers of endpoints that require one.</summary>
internal sealed record TenantScope(TenantId Id)
{
    /// <exception cref="InvalidOperationException">The endpoint does not require a tenant: a mistake in its mapping.</exception>
    public static ValueTask<TenantScope> BindAsync(HttpContext context) => new(
        context.Features.Get<TenantScope>()
        ?? throw new InvalidOperationException($"{context.GetEndpoint()} takes a {nameof(TenantScope)} but does not require a tenant."));
}
