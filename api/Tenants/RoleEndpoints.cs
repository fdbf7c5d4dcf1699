using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Idempotency;
using Platform.Api.Paging;
using Platform.Api.Problems;
using Platform.Api.Users;
using Platform.ApiKeys;
using Platform.Users;

namespace Platform.Api.Tenants;

internal static class RoleEndpoints
{
    public static void MapRoles(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/tenants/{tenant}/roles", "Roles of a tenant", CallClass.Other).RequireTenant();

        group.MapGet("", ListAsync).WithName("listRoles").WithSummary("List roles")
            .WithDescription("Roles by name, built-in ones too [manage-users; API key with scope users].").Refuses(ProblemKind.Forbidden)
            .AllowsApiKey(ApiKeyScopes.Users, Permissions.ManageUsers);
        group.MapPost("", AddAsync).WithName("createRole").WithSummary("Make a role")
            .WithDescription("Make a role, a named set of permissions that its maker holds [manage-users].").AcceptsIdempotencyKey(Permissions.ManageUsers)
            .Refuses(ProblemKind.Forbidden, ProblemKind.RoleTaken);
        group.MapPut("/{name}", ChangeAsync)
            .WithName("changeRole").WithSummary("Change a role")
            .WithDescription("Change the permissions of a role [manage-users]. The change holds for the next call of every user with the role.")
            .Refuses(ProblemKind.Forbidden, ProblemKind.RoleBuiltIn, ProblemKind.LastManager);
        group.MapDelete("/{name}", RemoveAsync).WithName("deleteRole").WithSummary("Delete a role")
            .WithDescription("Remove a role that no user has [manage-users].")
            .Refuses(ProblemKind.Forbidden, ProblemKind.RoleBuiltIn, ProblemKind.RoleInUse);
    }

    private static Task<Results<Ok<ListBody<RoleBody>>, Problem>> ListAsync(
        Caller caller, TenantScope tenant, PageQuery query, Cursors cursors, IGrainFactory grains, CancellationToken cancellationToken) =>
        cursors.AnswerAsync(query, $"roles:{tenant.Id}", page => grains.TenantRoles(tenant.Id).ListAsync(caller.Actor, page, cancellationToken), RoleBody.Of);

    private static async Task<Results<Created<RoleBody>, Problem>> AddAsync(
        JsonBody<NewRoleBody> body, Caller caller, TenantScope tenant, OperationId operation, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!PermissionInput.TryRead(body.Value.Permissions, out var permissions, out var problem)) return problem;
        var outcome = await grains.TenantRoles(tenant.Id).AddAsync(caller.Actor, new Role(body.Value.Name, permissions), operation.TakenOver, cancellationToken);
        return outcome.Value is { } made ? TypedResults.Created($"/v1/tenants/{tenant.Id}/roles/{made.Name}", RoleBody.Of(made)) : outcome.ToProblem();
    }

    private static async Task<Results<Ok<RoleBody>, Problem>> ChangeAsync(
        string name, JsonBody<PermissionsBody> body, Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!PermissionInput.TryRead(body.Value.Permissions, out var permissions, out var problem)) return problem;
        var outcome = await grains.TenantRoles(tenant.Id).ChangeAsync(caller.Actor, new Role(name, permissions), cancellationToken);
        return outcome.Value is { } changed ? TypedResults.Ok(RoleBody.Of(changed)) : outcome.ToProblem();
    }

    private static async Task<Results<NoContent, Problem>> RemoveAsync(
        string name, Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.TenantRoles(tenant.Id).RemoveAsync(caller.Actor, name, cancellationToken);
        return outcome.ToNoContent();
    }
}

internal sealed record RoleBody(string Name, IReadOnlyList<string> Permissions, bool BuiltIn)
{
    public static RoleBody Of(Role role) => new(role.Name, PermissionNames.ToNames(role.Permissions), Role.IsBuiltIn(role.Name));
}

internal sealed record NewRoleBody
{
    public required string Name { get; init; }

    public required string[] Permissions { get; init; }
}
