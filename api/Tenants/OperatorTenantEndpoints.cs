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
            .WithDescription("Change edition, features, status or name.").Refuses(ProblemKind.EditionRequired);
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
        var outcome = await grains.Tenant(tenant.Id).ChangeAsync(
            caller.Actor,
            new TenantChange { Name = change.Name, Edition = change.Edition, Features = change.Features?.ToChange(), Status = change.Status },
            cancellationToken);
        return outcome.Value is { } changed ? TypedResults.Ok(TenantBody.Of(changed)) : outcome.ToProblem();
    }
}
