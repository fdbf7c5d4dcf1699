using System.Text.Json;
using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Idempotency;
using Platform.Api.Paging;
using Platform.Api.Problems;
using Platform.Tenants;

namespace Platform.Api.Tenants;

internal static class OperatorTenantEndpoints
{
    private const string List = "operator-tenants";

    public static void MapOperatorTenants(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/operator/tenants", "Operators", CallClass.Other).RequireOperator();

        group.MapPost("", CreateAsync).WithName("createTenant").WithSummary("Make a tenant")
            .WithDescription("Make a tenant with its first user, who can manage users.").AcceptsIdempotencyKey(Permissions.Operate)
            .Refuses(ProblemKind.SlugTaken, ProblemKind.PasswordPolicy, ProblemKind.Busy);
        group.MapGet("", ListAsync).WithName("listTenants").WithSummary("List tenants")
            .WithDescription("Tenants by slug.").TakesQuery("search", "Beginning of slug or name.");

        var one = group.MapGroup("/{tenant}").RequireTenant(alsoOperators: true);
        one.MapGet("", GetAsync).WithName("getTenantAsOperator").WithSummary("Read a tenant as operator")
            .WithDescription("A tenant.");
        one.MapPatch("", ChangeAsync).WithName("changeTenantAsOperator").WithSummary("Change a tenant as operator")
            .WithDescription("Change edition, features, status or name. deletesAt: null takes back a deletion that has not begun.").Refuses(ProblemKind.EditionRequired, ProblemKind.TenantDeleting);
        one.MapDelete("", DeleteAsync).WithName("deleteTenant").WithSummary("Delete a tenant")
            .WithDescription("Delete a tenant after a waiting time, in which everything works as before. Its managers are told at once and shortly before deletesAt; then all of its data are destroyed for ever. A repeated call changes nothing.").AnswersWith("Location")
            .Refuses(ProblemKind.TenantNotDeletable, ProblemKind.Busy);
    }

    private static async Task<Results<Created<TenantBody>, Problem>> CreateAsync(
        JsonBody<NewTenantBody> body, Caller caller, OperationId operation, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var tenant = body.Value;
        if (PasswordInput.Check(tenant.Admin.Password, "/admin/password") is { } tooLong) return tooLong;
        var outcome = await grains.TenantRegistration().CreateAsync(
            caller.Actor,
            new NewTenant
            {
                Slug = tenant.Slug,
                Name = tenant.Name,
                Edition = tenant.Edition,
                AdminUsername = tenant.Admin.Username,
                AdminEmail = tenant.Admin.Email,
                AdminPassword = tenant.Admin.Password,
                AdminMustChangePassword = tenant.Admin.MustChangePassword == true,
                Id = operation.As<TenantId>(),
            },
            cancellationToken);
        return outcome.Value is { } made ? TypedResults.Created($"/v1/operator/tenants/{made.Id}", TenantBody.Of(made)) : outcome.ToProblem();
    }

    private static async Task<Results<Ok<ListBody<TenantBody>>, Problem>> ListAsync(
        Caller caller, PageQuery query, HttpRequest request, Cursors cursors, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var search = request.Query["search"];
        if (search.Count > 1 || search.ToString().Length > 100) return Problem.Invalid("?search", "invalid_search", "search is one text of at most 100 characters.");
        var text = search.Count == 0 ? null : search.ToString();
        return await cursors.AnswerAsync(
            query,
            $"{List}:{search}",
            page => grains.Listing().ListTenantsAsync(caller.Actor, text, page, cancellationToken),
            TenantBody.Of);
    }

    private static async Task<Results<Ok<TenantBody>, Problem>> GetAsync(
        Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.Tenant(tenant.Id).GetAsync(caller.Actor, cancellationToken);
        return outcome.Value is { } found ? TypedResults.Ok(TenantBody.Of(found)) : outcome.ToProblem();
    }

    private static async Task<Results<Ok<TenantBody>, Problem>> ChangeAsync(
        Caller caller, TenantScope tenant, JsonBody<OperatorTenantChangeBody> body, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var change = body.Value;
        if (change.DeletesAt.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            return Problem.Invalid("/deletesAt", "not_settable", "Use null to take the deletion back. To ask for one, use DELETE: the platform sets the time.");
        }

        var withdraws = change.DeletesAt.ValueKind == JsonValueKind.Null;
        var outcome = await grains.Tenant(tenant.Id).ChangeAsync(
            caller.Actor,
            new TenantChange { Name = change.Name, Edition = change.Edition, Features = change.Features?.ToChange(), Status = change.Status, WithdrawDeletion = withdraws },
            cancellationToken);
        if (outcome.Value is not { } changed) return outcome.ToProblem();

        // It tells the managers. Where it cannot now, it does so by itself.
        if (withdraws) await grains.TenantDeletion(tenant.Id).ResumeAsync(cancellationToken);
        return TypedResults.Ok(TenantBody.Of(changed));
    }

    private static async Task<Results<Accepted<TenantBody>, Problem>> DeleteAsync(
        Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.TenantDeletion(tenant.Id).RequestAsync(caller.Actor, cancellationToken);
        return outcome.Value is { } deleted ? TypedResults.Accepted($"/v1/operator/tenant-deletions/{tenant.Id}", TenantBody.Of(deleted)) : outcome.ToProblem();
    }
}
