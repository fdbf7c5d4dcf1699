using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.ApiKeys;
using Platform.Notifications;
using Platform.Tenants;

namespace Platform.Api.Tenants;

internal static class TenantEndpoints
{
    public static void MapTenants(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/tenants/{tenant}", "Tenants", CallClass.Other).RequireTenant();

        group.MapGet("", GetAsync).WithName("getTenant").WithSummary("Read the tenant")
            .WithDescription("A tenant [read; API key with scope read].").Refuses(ProblemKind.Forbidden).AllowsApiKey(ApiKeyScopes.Read, Permissions.Read)
            .ReadableBySupport();
        group.MapPatch("", ChangeAsync)
            .WithName("changeTenant").WithSummary("Change the tenant")
            .WithDescription("Change name, session policy, retention, whether a second factor is required, or whether operators need approval to read [manage-users]. A new policy holds for the next validation of every session.")
            .Refuses(ProblemKind.Forbidden, ProblemKind.FeatureRequired);

        routes.MapApiGroup("/v1/tenants/{tenant}/sessions", "Tenants", CallClass.Other).RequireTenant()
            .MapDelete("", RevokeSessionsAsync).WithName("endTenantSessions").WithSummary("End all sessions of the tenant")
                .WithDescription("End all sessions of the tenant, the caller's too, from now on [manage-users; API key with scope sessions].")
            .Refuses(ProblemKind.Forbidden)
            .AllowsApiKey(ApiKeyScopes.Sessions, Permissions.ManageUsers);
    }

    private static async Task<Results<Ok<TenantBody>, Problem>> GetAsync(
        Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.Tenant(tenant.Id).GetAsync(caller.Actor, cancellationToken);
        return outcome.Value is { } found ? TypedResults.Ok(TenantBody.Of(found)) : outcome.ToProblem();
    }

    private static async Task<Results<Accepted, Problem>> RevokeSessionsAsync(
        Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.Tenant(tenant.Id).RevokeSessionsAsync(caller.Actor, cancellationToken);
        return outcome.ToAccepted();
    }

    private static async Task<Results<Ok<TenantBody>, Problem>> ChangeAsync(
        Caller caller, TenantScope tenant, JsonBody<TenantChangeBody> body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        NotificationLanguage? language = null;
        if (body.Value.Language is { } tag)
        {
            if (!NotificationLanguages.TryParse(tag, out var known)) return Problem.Invalid("/language", "unknown_language", $"Use {string.Join(" or ", NotificationLanguages.Tags)}.");
            language = known;
        }

        var outcome = await grains.Tenant(tenant.Id).ChangeAsync(
            caller.Actor,
            new TenantChange
            {
                Name = body.Value.Name,
                SessionPolicy = body.Value.SessionPolicy?.ToChange(),
                RequireSecondFactor = body.Value.RequireSecondFactor,
                SupportApproval = body.Value.SupportApproval,
                Retention = body.Value.Retention?.ToChange(),
                Language = language,
            },
            cancellationToken);
        return outcome.Value is { } changed ? TypedResults.Ok(TenantBody.Of(changed)) : outcome.ToProblem();
    }
}
