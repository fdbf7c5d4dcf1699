using Platform.Audit;
using Platform.Internal;
using Platform.Listing;
using Platform.State;
using Platform.Text;
using Platform.Users;

namespace Platform.Scenarios;

/// <summary>Owns one scenario. Content and status here, grants in <c>ScenarioGrain.Grants.cs</c>, history and comments in <c>ScenarioGrain.History.cs</c>.</summary>
public sealed partial class ScenarioGrain(
    [CommittedState(StateNames.Scenario)] Committed<StoredScenario> state,
    IScenarioTable scenarios,
    AuditLog audit,
    TimeProvider time) : Grain, IScenarioGrain, IScenarioGrainInternal
{
    private ScenarioId _id;
    private int _listedRevision;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = PrefixedId.Parse<ScenarioId>(this.GetPrimaryKeyString());
        if (state.Value is not { } scenario) return;
        _listedRevision = scenario.ListedRevision;
        if (_listedRevision != scenario.Revision) await ListAsync(scenario, withGrants: true, cancellationToken);
    }

    public async Task<Outcome<ScenarioView>> CreateAsync(Actor actor, ScenarioDraft draft, CancellationToken cancellationToken)
    {
        if (state.Value is { } made)
        {
            // The same creation again, after its maker did not live to see the answer.
            return made.TenantId == actor.TenantId && made.CreatedBy == actor.UserId ? ViewOf(made) : Refusal.NotFound;
        }

        var refusal = Rights.RefuseOnScenario(actor.Permissions, grant: null, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        if (Fault(draft) is { } fault) return fault;
        var now = time.GetUtcNow();
        return await SaveAsync(
            actor,
            "created",
            new StoredScenario
            {
                TenantId = actor.TenantId,
                Name = draft.Name,
                Kind = draft.Kind,
                Content = draft.Content,
                Status = ScenarioStatus.Paused,
                CreatedBy = actor.UserId,
                CreatedAt = now,
            },
            cancellationToken);
    }

    public Task<Outcome<ScenarioView>> GetAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.Read);
        return Task.FromResult<Outcome<ScenarioView>>(refusal == Refusal.None ? ViewOf(state.Value!) : refusal);
    }

    public async Task<Outcome<ScenarioView>> ChangeAsync(Actor actor, ScenarioDraft draft, VersionMatch? match, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.Edit, match, matched: true);
        if (refusal != Refusal.None) return refusal;
        if (Fault(draft) is { } fault) return fault;
        return await SaveAsync(actor, "updated", state.Value! with { Name = draft.Name, Kind = draft.Kind, Content = draft.Content }, cancellationToken);
    }

    public async Task<Outcome> DeleteAsync(Actor actor, VersionMatch? match, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.Edit, match, matched: true);
        if (refusal != Refusal.None) return refusal;

        var told = AuditEntry.By(actor, AuditActions.ScenarioDeleted, PartyOf(state.Value!));
        await audit.RecordThenAsync(state.Value!.TenantId, [told], () => RemoveAsync(cancellationToken));
        return Outcome.Done;
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

    public async Task<Outcome<ScenarioView>> SetStatusAsync(Actor actor, ScenarioStatus status, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.Collaborate);
        if (refusal != Refusal.None) return refusal;
        var scenario = state.Value!;
        if (scenario.Status == status) return ViewOf(scenario);
        return await SaveAsync(actor, status == ScenarioStatus.Running ? "started" : "paused", scenario with { Status = status }, cancellationToken);
    }

    private static Outcome? Fault(ScenarioDraft draft)
    {
        var faults = ScenarioContent.Check(draft.Content).ToList();
        if (!Names.IsVisible(draft.Name)) faults.Insert(0, new InputError("/name", "invalid_name", $"Use 1 to {Names.MaxLength} visible characters."));
        return faults.Count == 0 ? null : InputErrors.Of([.. faults]);
    }

    private Refusal Refuse(Actor actor, Permissions needed, VersionMatch? match = null, bool matched = false)
    {
        if (state.Value is not { } scenario || scenario.TenantId != actor.TenantId) return Refusal.NotFound;
        var refusal = Rights.RefuseOnScenario(actor.Permissions, GrantOf(scenario, actor.UserId), needed);
        if (refusal != Refusal.None || !matched) return refusal;
        if (match is null) return Refusal.PreconditionRequired;
        return match.Matches(scenario.Version) ? Refusal.None : Refusal.PreconditionFailed;
    }

    /// <summary>One change of what a scenario shows: written to its history, committed, listed.</summary>
    private async Task<ScenarioView> SaveAsync(Actor actor, string action, StoredScenario next, CancellationToken cancellationToken)
    {
        var before = state.Value;
        var changed = next with { Version = next.Version + 1, UpdatedAt = time.GetUtcNow() };
        var entry = new ScenarioHistoryEntry(changed.Version, changed.UpdatedAt, actor.UserId, action, ScenarioChanges.Between(before, changed));
        var told = AuditEntry.By(actor, AuditActions.Scenario(action), PartyOf(before ?? changed)) with { Changes = AuditChanges.FromJson(entry.Changes) };
        return await audit.RecordThenAsync(changed.TenantId, told, async () =>
        {
            await scenarios.AddHistoryAsync(_id, entry, KeptChanges, cancellationToken);
            await CommitAsync(changed, withGrants: false, cancellationToken);
            return ViewOf(changed);
        });
    }

    /// <summary>The state first, then its rows: see <see cref="StoredScenario.ListedRevision"/>.</summary>
    private async Task CommitAsync(StoredScenario next, bool withGrants, CancellationToken cancellationToken)
    {
        var revised = next with { Revision = next.Revision + 1, ListedRevision = _listedRevision };
        await state.CommitAsync(revised, cancellationToken);
        await ListAsync(revised, withGrants, cancellationToken);
    }

    private AuditParty PartyOf(StoredScenario scenario) => new(AuditParties.Scenario, _id.ToString(), scenario.Name);

    private async Task ListAsync(StoredScenario scenario, bool withGrants, CancellationToken cancellationToken)
    {
        await scenarios.SaveAsync(ViewOf(scenario).Listing, withGrants ? scenario.Grants : null, cancellationToken);
        _listedRevision = scenario.Revision;
    }

    private ScenarioView ViewOf(StoredScenario scenario) => new()
    {
        Listing = new ScenarioListing
        {
            Id = _id,
            TenantId = scenario.TenantId,
            Name = scenario.Name,
            Kind = scenario.Kind,
            Status = scenario.Status,
            Version = scenario.Version,
            CreatedAt = scenario.CreatedAt,
            UpdatedAt = scenario.UpdatedAt,
        },
        Content = scenario.Content,
    };
}
