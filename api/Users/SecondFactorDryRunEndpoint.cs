using Platform.Api.Admission;
using Platform.Api.Authentication;
using Platform.Api.Authorization;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Users;

namespace Platform.Api.Users;

/// <summary>What a manager looks at before the tenant requires a second factor.</summary>
internal static class SecondFactorDryRunEndpoint
{
    public static void MapSecondFactorDryRun(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapApiGroup("/v1/tenants/{tenant}/second-factor", "Users of a tenant", CallClass.Other).RequireTenant();

        group.MapPost("/dry-run", TryAsync)
            .WithName("tryRequiredSecondFactor").WithSummary("Try a required second factor")
            .WithDescription("The active users without a second factor, who could do nothing but set one up if the tenant required it now. Changes nothing [manage-users].")
            .Refuses(ProblemKind.Forbidden, ProblemKind.FeatureRequired);
    }

    private static async Task<Results<Ok<SecondFactorDryRunBody>, Problem>> TryAsync(Caller caller, TenantScope tenant, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var outcome = await grains.Listing().TrySecondFactorAsync(caller.Actor, tenant.Id, cancellationToken);
        return outcome.Value is { } found ? TypedResults.Ok(SecondFactorDryRunBody.Of(tenant.Id, found)) : outcome.ToProblem();
    }
}

/// <param name="ActiveUsers">Who can sign in.</param>
/// <param name="Without">Of them, who has no second factor.</param>
/// <param name="NotKnown">Of them, whose factors the list does not know before their next change. 0 but for users of an earlier version.</param>
/// <param name="Users">The first 50 of those without.</param>
/// <param name="List">Path of the whole list.</param>
internal sealed record SecondFactorDryRunBody(long ActiveUsers, long Without, long NotKnown, IReadOnlyList<UserBody> Users, string List)
{
    public static SecondFactorDryRunBody Of(TenantId tenant, SecondFactorDryRun found) => new(
        found.ActiveUsers,
        found.Without,
        found.NotKnown,
        [.. found.First.Select(ManagedUserBody.Of)],
        $"/v1/tenants/{tenant}/users?status=active&secondFactor=none");
}
