using Platform.Audit;
using Platform.Authorization;
using Platform.Internal;
using Platform.Paging;
using Platform.State;
using Platform.Tenants;

namespace Platform.Scenarios;

/// <summary>Owns one scenario: content and status, grants, history and comments. What they may be stands in <see cref="ScenarioRules"/>.</summary>
internal sealed class ScenarioGrain(
    [CommittedState(StateNames.Scenario)] Committed<StoredScenario> state,
    ScenarioTable scenarios,
    AuditLog audit,
    TimeProvider time) : Grain, IScenarioGrain, IScenarioGrainInternal
{
    private const int KeptChanges = 100;
    private const int MaxPageSize = 1024 * 1024;

    /// <summary>Of what is kept of changes, in characters.</summary>
    private const int MaxHistorySize = 4 * 1024 * 1024;

    private readonly Projection<StoredScenario> _rows = new();
    private ScenarioId _id;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = PrefixedId.Parse<ScenarioId>(this.GetPrimaryKeyString());
        if (state.Value is { } scenario) await _rows.RepairAsync(scenario, ListWithGrantsAsync, cancellationToken);
    }

    public async Task<Outcome<ScenarioView>> CreateAsync(Actor actor, ScenarioDraft draft, CancellationToken cancellationToken)
    {
        if (state.Value is { } made)
        {
            // The same creation again, after its maker did not live to see the answer.
            return made.TenantId == actor.TenantId && made.CreatedBy == actor.UserId ? ScenarioRules.ViewOf(_id, made) : Refusal.NotFound;
        }

        var refusal = Rights.RefuseOnScenario(actor.Permissions, grant: null, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        if (ScenarioRules.Fault(draft) is { } fault) return fault;
        return await GrainFactory.TenantUsage(actor.TenantId).MakeAsync<ScenarioView>(
            TenantObject.Scenario, async () => await SaveAsync(actor, "created", ScenarioRules.Create(actor, draft, time.GetUtcNow()), cancellationToken), cancellationToken);
    }

    public Task<Outcome<ScenarioView>> GetAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = ScenarioRules.Refuse(state.Value, actor, Permissions.Read);
        return Task.FromResult<Outcome<ScenarioView>>(refusal == Refusal.None ? ScenarioRules.ViewOf(_id, state.Value!) : refusal);
    }

    public async Task<Outcome<ScenarioView>> ChangeAsync(Actor actor, ScenarioDraft draft, VersionMatch? match, CancellationToken cancellationToken)
    {
        var refusal = ScenarioRules.RefuseChange(state.Value, actor, match);
        if (refusal != Refusal.None) return refusal;
        if (ScenarioRules.Fault(draft) is { } fault) return fault;
        return await SaveAsync(actor, "updated", state.Value! with { Name = draft.Name, Kind = draft.Kind, Content = draft.Content }, cancellationToken);
    }

    public async Task<Outcome> DeleteAsync(Actor actor, VersionMatch? match, CancellationToken cancellationToken)
    {
        var refusal = ScenarioRules.RefuseChange(state.Value, actor, match);
        if (refusal != Refusal.None) return refusal;
        var entry = AuditEntry.By(actor, AuditActions.ScenarioDeleted, PartyOf(state.Value!));
        var tenant = state.Value!.TenantId;
        await audit.RecordThenAsync(tenant, [entry], () => RemoveAsync(cancellationToken));
        await GrainFactory.TenantUsage(tenant).GiveBackAsync(TenantObject.Scenario);
        return Outcome.Done;
    }

    public async Task<Outcome<ScenarioView>> SetStatusAsync(Actor actor, ScenarioStatus status, CancellationToken cancellationToken)
    {
        var refusal = ScenarioRules.Refuse(state.Value, actor, Permissions.Collaborate);
        if (refusal != Refusal.None) return refusal;
        var scenario = state.Value!;
        if (scenario.Status == status) return ScenarioRules.ViewOf(_id, scenario);
        return await SaveAsync(actor, status == ScenarioStatus.Running ? "started" : "paused", scenario with { Status = status }, cancellationToken);
    }

    public async Task<Outcome> SetGrantAsync(Actor actor, UserId user, Permissions? level, CancellationToken cancellationToken)
    {
        var refusal = ScenarioRules.Refuse(state.Value, actor, Permissions.ManageUsers);
        if (refusal != Refusal.None) return refusal;
        if ((level & ~Rights.OfScenarios) is not (null or Permissions.None))
        {
            return InputErrors.Of(new InputError("/permissions", "not_on_a_scenario", "On a scenario there are read, edit and collaborate."));
        }

        // Whoever may read users learns of this one; others have been refused by now.
        var found = await GrainFactory.User(user).GetAsync(actor with { Permissions = Permissions.Read }, cancellationToken);
        if (found.Value is not { Permissions: var tenantWide }) return Refusal.NotFound;
        var scenario = state.Value!;
        var set = ScenarioRules.SetGrant(scenario, actor, user, tenantWide, level);
        if (set.Value is not { } next) return set.ToRefused();
        if (ReferenceEquals(next, scenario)) return Outcome.Done;
        var change = AuditChanges.Rights($"/grants/{user}", ScenarioRules.GrantOf(scenario, user), level);
        var entry = AuditEntry.By(actor, AuditActions.ScenarioGrantSet, PartyOf(scenario), change);
        await audit.RecordThenAsync(scenario.TenantId, [entry], () => CommitAsync(next, ListWithGrantsAsync, cancellationToken));
        return Outcome.Done;
    }

    public Task<Outcome<Page<ScenarioGrant>>> ListGrantsAsync(Actor actor, PageRequest page, CancellationToken cancellationToken)
    {
        var refusal = ScenarioRules.Refuse(state.Value, actor, Permissions.ManageUsers);
        return Task.FromResult<Outcome<Page<ScenarioGrant>>>(
            refusal == Refusal.None ? Pages.Of(state.Value!.Grants, page, grant => grant.UserId.ToString()) : refusal);
    }

    public async Task ForgetUserAsync(UserId user, CancellationToken cancellationToken)
    {
        if (state.Value is not { } scenario || ScenarioRules.GrantOf(scenario, user) is null) return;
        await CommitAsync(ScenarioRules.Without(scenario, user), ListWithGrantsAsync, cancellationToken);
    }

    public async Task<Outcome<Page<ScenarioHistoryEntry>>> ListHistoryAsync(Actor actor, PageRequest page, CancellationToken cancellationToken)
    {
        var refusal = ScenarioRules.Refuse(state.Value, actor, Permissions.Read);
        return refusal == Refusal.None ? await scenarios.ListHistoryAsync(_id, state.Value!.Version, MaxPageSize, page, cancellationToken) : refusal;
    }

    public Task<Outcome> AuthorizeAsync(Actor actor, Permissions needed, CancellationToken cancellationToken) => Task.FromResult<Outcome>(ScenarioRules.Refuse(state.Value, actor, needed));

    public async Task<Outcome<ScenarioComment>> CommentAsync(Actor actor, CommentId id, string text, CancellationToken cancellationToken)
    {
        var refusal = ScenarioRules.Refuse(state.Value, actor, Permissions.Collaborate);
        if (refusal != Refusal.None) return refusal;
        if (ScenarioRules.FaultOfComment(text) is { } fault) return fault;
        if (await scenarios.CountCommentsAsync(_id, cancellationToken) >= ScenarioRules.MaxComments) return Refusal.QuotaExceeded;
        return await scenarios.AddCommentAsync(_id, new ScenarioComment(id, actor.UserId, time.GetUtcNow(), text), cancellationToken);
    }

    public async Task<Outcome<Page<ScenarioComment>>> ListCommentsAsync(Actor actor, PageRequest page, CancellationToken cancellationToken)
    {
        var refusal = ScenarioRules.Refuse(state.Value, actor, Permissions.Read);
        return refusal == Refusal.None ? await scenarios.ListCommentsAsync(_id, page, cancellationToken) : refusal;
    }

    public async Task DropAsync(CancellationToken cancellationToken)
    {
        if (state.Value is not null) await RemoveAsync(cancellationToken);
        DeactivateOnIdle();
    }

    private async Task RemoveAsync(CancellationToken cancellationToken)
    {
        // The list first: after a failure in between it is listed again at the next activation, and nothing is half gone.
        await state.CommitAsync(state.Value! with { Revision = state.Value!.Revision + 1 }, cancellationToken);
        try
        {
            await scenarios.RemoveAsync(_id, cancellationToken);
            await state.ClearAsync(cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            DeactivateOnIdle();
            throw;
        }
    }

    /// <summary>One change of what a scenario shows: written to its history, committed, listed.</summary>
    private async Task<ScenarioView> SaveAsync(Actor actor, string action, StoredScenario next, CancellationToken cancellationToken)
    {
        var before = state.Value;
        var changed = next with { Version = next.Version + 1, UpdatedAt = time.GetUtcNow() };
        var history = new ScenarioHistoryEntry(changed.Version, changed.UpdatedAt, actor.UserId, action, ScenarioChanges.Between(before, changed)) { ApiKey = actor.ApiKey };
        var entry = AuditEntry.By(actor, AuditActions.Scenario(action), PartyOf(before ?? changed)) with { Changes = AuditChanges.FromJson(history.Changes) };
        return await audit.RecordThenAsync(changed.TenantId, entry, async () =>
        {
            await scenarios.AddHistoryAsync(_id, history, KeptChanges, MaxHistorySize, cancellationToken);
            await CommitAsync(changed, ListAsync, cancellationToken);
            return ScenarioRules.ViewOf(_id, changed);
        });
    }

    /// <summary>The state first, then its rows.</summary>
    private async Task CommitAsync(StoredScenario next, Func<StoredScenario, CancellationToken, Task> list, CancellationToken cancellationToken)
    {
        var revised = _rows.Next(next, shown: true);
        await state.CommitAsync(revised, cancellationToken);
        await _rows.WriteAsync(revised, list, cancellationToken);
    }

    private Task ListAsync(StoredScenario scenario, CancellationToken cancellationToken) =>
        scenarios.SaveAsync(ScenarioRules.ViewOf(_id, scenario).Listing, grants: null, cancellationToken);

    private Task ListWithGrantsAsync(StoredScenario scenario, CancellationToken cancellationToken) =>
        scenarios.SaveAsync(ScenarioRules.ViewOf(_id, scenario).Listing, scenario.Grants, cancellationToken);

    private AuditParty PartyOf(StoredScenario scenario) => new(AuditParties.Scenario, _id.ToString(), scenario.Name);
}
