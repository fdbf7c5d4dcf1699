using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Paging;
using Platform.Api.Problems;

namespace Platform.Api.Deletion;

internal static class TenantDeletionEndpoints
{
    public static void MapTenantDeletions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/operator/tenant-deletions", "Operators", CallClass.Other).RequireOperator();

        group.MapGet("", ListAsync).WithName("listTenantDeletions").WithSummary("List deletions of tenants")
            .WithDescription("Deletions of tenants that wait, are under way or are complete, by tenant, the one that was made last first.");
        group.MapGet("/{id}", GetAsync).WithName("getTenantDeletion").WithSummary("Read the deletion of a tenant")
            .WithDescription("The deletion of a tenant, by the tenant's id, and, once it is complete, its certificate.");
    }

    private static Task<Results<Ok<ListBody<TenantDeletionBody>>, Problem>> ListAsync(
        Caller caller, PageQuery query, Cursors cursors, IGrainFactory grains, CancellationToken cancellationToken) =>
        cursors.AnswerAsync(query, "tenant-deletions", page => grains.Listing().ListTenantDeletionsAsync(caller.Actor, page, cancellationToken), TenantDeletionBody.Of);

    private static async Task<Results<Ok<TenantDeletionBody>, Problem>> GetAsync(
        TenantDeletionRoute deletion, Caller caller, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.TenantDeletion(deletion.Id).GetAsync(caller.Actor, cancellationToken);
        return outcome.Value is { } found ? TypedResults.Ok(TenantDeletionBody.Of(found)) : outcome.ToProblem();
    }
}
