using Platform.Audit;
using Platform.Listing;
using Platform.Users;

namespace Platform.Scenarios;

public sealed partial class ScenarioGrain
{
    private const int MaxGrants = 200;

    public async Task<Outcome> SetGrantAsync(Actor actor, UserId user, Permissions? level, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.ManageUsers);
        if (refusal != Refusal.None) return refusal;
        if ((level & ~Rights.OfScenarios) is not (null or Permissions.None))
        {
            return InputErrors.Of(new InputError("/permissions", "not_on_a_scenario", "On a scenario there are read, edit and collaborate."));
        }

        // Whoever may read users learns of this one; others have been refused by now.
        var found = await GrainFactory.User(user).GetAsync(actor with { Permissions = Permissions.Read }, cancellationToken);
        if (found.Value is not { Permissions: var tenantWide }) return Refusal.NotFound;
        var scenario = state.Value!;
        var before = GrantOf(scenario, user);
        if (before is null && level is null) return Refusal.NotFound;
        if (before == level) return Outcome.Done;
        var held = Rights.OnScenario(actor.Permissions, GrantOf(scenario, actor.UserId));
        if (!Rights.MayChange(held, Rights.OnScenario(tenantWide, before), Rights.OnScenario(tenantWide, level))) return Refusal.Forbidden;
        var grants = scenario.Grants.RemoveAll(grant => grant.UserId == user);
        if (level is { } given) grants = grants.Add(new ScenarioGrant(user, given));
        if (grants.Length > MaxGrants) return InputErrors.Of(new InputError("", "too_many_grants", $"A scenario has at most {MaxGrants} grants."));
        var told = AuditEntry.By(actor, AuditActions.ScenarioGrantSet, PartyOf(scenario), AuditChanges.Rights($"/grants/{user}", before, level));
        await audit.RecordThenAsync(scenario.TenantId, [told], () => CommitAsync(scenario with { Grants = grants }, withGrants: true, cancellationToken));
        return Outcome.Done;
    }

    public Task<Outcome<Page<ScenarioGrant>>> ListGrantsAsync(Actor actor, PageRequest page, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.ManageUsers);
        return Task.FromResult<Outcome<Page<ScenarioGrant>>>(
            refusal == Refusal.None ? Pages.Of(state.Value!.Grants, page, grant => grant.UserId.ToString()) : refusal);
    }

    public async Task ForgetUserAsync(UserId user, CancellationToken cancellationToken)
    {
        if (state.Value is not { } scenario || GrantOf(scenario, user) is null) return;
        await CommitAsync(scenario with { Grants = scenario.Grants.RemoveAll(grant => grant.UserId == user) }, withGrants: true, cancellationToken);
    }

    private static Permissions? GrantOf(StoredScenario scenario, UserId user) => scenario.Grants.FirstOrDefault(grant => grant.UserId == user)?.Permissions;
}
