using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Paging;
using Platform.Api.Problems;

namespace Platform.Api.IpRules;

internal static class IpRuleEndpoints
{
    public static void MapIpRules(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/tenants/{tenant}/ip-rules", "IP rules of a tenant", CallClass.Other).RequireTenant();

        group.MapGet("", GetAsync).WithName("getIpRules").WithSummary("Read the IP rules")
            .WithDescription("The rules about addresses of users and API keys [manage-users].").Refuses(ProblemKind.Forbidden);
        group.MapPut("", SetAsync)
            .WithName("setIpRules").WithSummary("Replace the IP rules")
            .WithDescription("Replace all rules [manage-users]. Deny wins, then allow; no allow rule means all. They hold for the next validation of every session.")
            .TakesQuery("force", "'true' sets rules that would refuse the caller, too.").Refuses(ProblemKind.Forbidden, ProblemKind.EditionRequired, ProblemKind.WouldLockOutEditor);
        group.MapPost("/dry-run", TryAsync)
            .WithName("tryIpRules").WithSummary("Try IP rules")
            .WithDescription("The live sessions that these rules would refuse, each by the address from which it was opened. Changes nothing [manage-users].")
            .Refuses(ProblemKind.Forbidden, ProblemKind.EditionRequired);
    }

    private static async Task<Results<Ok<IpRulesBody>, Problem>> GetAsync(
        Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.IpRules(tenant.Id).GetAsync(caller.Actor, cancellationToken);
        return outcome.Value is { } found ? TypedResults.Ok(IpRulesBody.Of(found)) : outcome.ToProblem();
    }

    private static async Task<Results<Ok<IpRulesBody>, Problem>> SetAsync(
        JsonBody<NewIpRulesBody> body, Caller caller, TenantScope tenant, HttpRequest request, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var force = request.Query["force"];
        if (force is not ([] or ["true"] or ["false"])) return Problem.Invalid("?force", "unknown_value", "force is 'true', 'false' or absent.");
        var outcome = await grains.IpRules(tenant.Id).SetAsync(caller.Actor, body.Value.ToInput(), force is ["true"], cancellationToken);
        return outcome.Value is { } set ? TypedResults.Ok(IpRulesBody.Of(set)) : outcome.ToProblem();
    }

    private static Task<Results<Ok<ListBody<RefusedSessionBody>>, Problem>> TryAsync(
        JsonBody<NewIpRulesBody> body, PageQuery query, Caller caller, TenantScope tenant, Cursors cursors, IGrainFactory grains, CancellationToken cancellationToken) =>
        cursors.AnswerAsync(
            query,
            $"ip-rules-dry-run:{tenant.Id}",
            page => grains.IpRules(tenant.Id).TryAsync(caller.Actor, body.Value.ToInput(), page, cancellationToken),
            RefusedSessionBody.Of);
}
