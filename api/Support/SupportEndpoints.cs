using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Idempotency;
using Platform.Api.Paging;
using Platform.Api.Problems;
using Platform.Support;

namespace Platform.Api.Support;

internal static class SupportEndpoints
{
    private const string Prefix = "/v1/tenants/{tenant}/support-grants";
    private const string Tag = "Support access";

    public static void MapSupport(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup(Prefix, Tag, CallClass.Other).RequireTenant(alsoOperators: true);
        group.MapGet("", ListAsync).WithName("listSupportGrants").WithSummary("List support grants")
            .WithDescription("Support grants, newest first [manage-users; operator: those asked for by oneself].").Refuses(ProblemKind.Forbidden);
        group.MapPost("", AskAsync)
            .WithName("requestSupportGrant").WithSummary("Ask for a support grant")
            .WithDescription("Ask to read the tenant's data for PT1M to PT8H [operator with a second factor proven within 15 minutes]. A manager of the tenant approves, unless the tenant has waived approvals or the grant is break-glass.")
            .AcceptsIdempotencyKey(Permissions.Operate).Refuses(ProblemKind.Forbidden, ProblemKind.ReauthenticationRequired, ProblemKind.SecondFactorEnrolmentRequired, ProblemKind.TooManySupportGrants);
        group.MapDelete("/{id}", EndAsync).WithName("endSupportGrant").WithSummary("End a support grant")
            .WithDescription("End a grant or decline a request. The platform refuses every read that begins after the answer [manage-users; operator: those asked for by oneself].")
            .Refuses(ProblemKind.Forbidden);

        routes.MapApiGroup(Prefix, Tag, CallClass.Other).RequireTenant()
            .MapPost("/{id}/approve", ApproveAsync).WithName("approveSupportGrant").WithSummary("Approve a support grant")
                .WithDescription("Approve a request. Its operator may read from now on, for the requested duration [manage-users].")
            .Refuses(ProblemKind.Forbidden);
    }

    private static Task<Results<Ok<ListBody<SupportGrantBody>>, Problem>> ListAsync(
        Caller caller, TenantScope tenant, PageQuery query, Cursors cursors, IGrainFactory grains, CancellationToken cancellationToken) =>
        cursors.AnswerAsync(
            query, $"support-grants:{tenant.Id}:{(caller.Actor.TenantId == tenant.Id ? null : caller.Actor.UserId)}", page => grains.Support(tenant.Id).ListAsync(caller.Actor, page, cancellationToken), SupportGrantBody.Of);

    private static async Task<Results<Created<SupportGrantBody>, Problem>> AskAsync(
        JsonBody<NewSupportGrantBody> body, Caller caller, TenantScope tenant, OperationId operation, IGrainFactory grains, TimeProvider time, CancellationToken cancellationToken)
    {
        var asked = body.Value;
        var outcome = await grains.Support(tenant.Id).AskAsync(
            caller.Actor,
            new NewSupportGrant
            {
                Id = operation.As<SupportGrantId>() ?? PrefixedId.New<SupportGrantId>(time),
                Reason = asked.Reason,
                Ticket = asked.Ticket,
                Duration = asked.Duration,
                BreakGlass = asked.BreakGlass ?? false,
            },
            cancellationToken);
        return outcome.Value is { } made ? TypedResults.Created($"/v1/tenants/{tenant.Id}/support-grants/{made.Id}", SupportGrantBody.Of(made)) : outcome.ToProblem();
    }

    private static async Task<Results<Ok<SupportGrantBody>, Problem>> ApproveAsync(
        SupportGrantRoute grant, Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.Support(tenant.Id).ApproveAsync(caller.Actor, grant.Id, cancellationToken);
        return outcome.Value is { } approved ? TypedResults.Ok(SupportGrantBody.Of(approved)) : outcome.ToProblem();
    }

    private static async Task<Results<NoContent, Problem>> EndAsync(
        SupportGrantRoute grant, Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.Support(tenant.Id).EndAsync(caller.Actor, grant.Id, cancellationToken);
        return outcome.ToNoContent();
    }
}
