using System.Collections.Immutable;
using Platform.Audit;
using Platform.Clocks;
using Platform.Internal;
using Platform.SecondFactors;
using Platform.State;
using Platform.Tenants;

namespace Platform.Support;

/// <summary>Owns the support grants of one tenant: what operators and managers do, ends that nobody asks for, and what a crash left.</summary>
internal sealed class SupportGrain(
    [CommittedState(StateNames.Support)] Committed<StoredSupport> state,
    SupportGrantTable grants,
    SupportMessages messages,
    SupportLog log,
    AuditLog audit,
    TimeProvider time) : Grain, ISupportGrain, ISupportExpiryGrain
{
    private readonly HashSet<SupportGrantId> _doubtful = [];
    private TenantId _tenant;
    private DateTimeOffset _latest;

    private ImmutableArray<SupportGrant> Open => state.Value?.Open ?? [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _tenant = PrefixedId.Parse<TenantId>(this.GetPrimaryKeyString());
        return MendAsync(cancellationToken);
    }

    public async Task<Outcome<SupportGrant>> AskAsync(Actor actor, NewSupportGrant asked, CancellationToken cancellationToken)
    {
        // Members do not ask at home; so the platform's own tenant, where operators are members, takes no grants.
        if (actor.TenantId == _tenant) return Refusal.Forbidden;
        if (!actor.Holds(Permissions.Operate) || await GrainFactory.TenantInternal(_tenant).FindAsync(cancellationToken) is not { Status: not TenantStatus.Deleting } tenant) return Refusal.NotFound;
        if (await RefuseFactorAsync(actor, SecondFactorRules.Freshness, cancellationToken) is var refusal and not Refusal.None) return refusal;
        InputError[] faults = [.. SupportRules.Check(asked)];
        if (faults.Length > 0) return InputErrors.Of(faults);

        // The same again, after its maker did not live to see the answer.
        if (await FindMadeAsync(asked.Id, cancellationToken) is { } known) return known.OperatorId == actor.UserId && known.TenantId == _tenant ? await NamedAsync(known, cancellationToken) : Refusal.NotFound;
        await EndOverdueAsync(cancellationToken);
        if (Open.Length >= SupportRules.MaxOpen) return Refusal.TooManySupportGrants;

        var now = Now();
        var grant = new SupportGrant
        {
            Id = asked.Id,
            TenantId = _tenant,
            OperatorId = actor.UserId,
            Reason = asked.Reason,
            Ticket = asked.Ticket,
            Duration = asked.Duration,
            BreakGlass = asked.BreakGlass,
            ApprovalWaived = !asked.BreakGlass && !tenant.SupportApproval,
            State = SupportGrantState.Requested,
            RequestedAt = now,
            ExpiresAt = now + SupportRules.RequestLifetime,
        };
        if (grant.BreakGlass || grant.ApprovalWaived) grant = grant.Activated(now);
        var composed = await messages.ComposeAsync(actor, tenant, grant, cancellationToken);
        var made = await audit.RecordThenAsync(_tenant, SupportAuditEntries.Granted(actor, grant), async () =>
        {
            // On disk before the grant counts: nobody reads without the managers hearing of it.
            await messages.EnqueueAsync(composed, cancellationToken);
            return await SaveAsync(grant, cancellationToken);
        });
        return made with { OperatorName = actor.Username };
    }

    public async Task<Outcome<SupportGrant>> ApproveAsync(Actor actor, SupportGrantId grant, CancellationToken cancellationToken)
    {
        if (actor.TenantId != _tenant) return Refusal.NotFound;
        if (!actor.Holds(Permissions.ManageUsers)) return Refusal.Forbidden;
        var now = Now();
        if (Find(grant, now) is not { } known) return Refusal.NotFound;
        if (known.State == SupportGrantState.Active) return await NamedAsync(known, cancellationToken);
        var approved = (known with { ApprovedBy = actor.UserId }).Activated(now);
        var saved = await audit.RecordThenAsync(_tenant, SupportAuditEntries.Approved(actor, approved), () => SaveAsync(approved, cancellationToken));
        return await NamedAsync(saved, cancellationToken);
    }

    public async Task<Outcome> EndAsync(Actor actor, SupportGrantId grant, CancellationToken cancellationToken)
    {
        var isMember = actor.TenantId == _tenant;
        if (isMember && !actor.Holds(Permissions.ManageUsers)) return Refusal.Forbidden;
        var now = Now();
        if (Find(grant, now) is not { } known || !(isMember || IsOperatorOf(known, actor))) return Refusal.NotFound;
        var reason = !isMember ? SupportGrantEnd.EndedByOperator
            : known.State == SupportGrantState.Requested ? SupportGrantEnd.Declined : SupportGrantEnd.EndedByTenant;
        var ended = known.Ended(reason, actor.UserId, now);
        await audit.RecordThenAsync(_tenant, SupportAuditEntries.Ended(actor, ended), () => SaveAsync(ended, cancellationToken));
        return Outcome.Done;
    }

    public async Task<Outcome<Page<SupportGrant>>> ListAsync(Actor actor, PageRequest page, CancellationToken cancellationToken)
    {
        var isMember = actor.TenantId == _tenant;
        if (isMember && !actor.Holds(Permissions.ManageUsers)) return Refusal.Forbidden;
        if (!isMember && !(actor.Holds(Permissions.Operate) && await GrainFactory.TenantInternal(_tenant).ExistsAsync(cancellationToken))) return Refusal.NotFound;
        var found = await grants.ListAsync(_tenant, isMember ? null : actor.UserId, page, cancellationToken);
        var now = Now();
        var names = await Task.WhenAll(found.Items.Select(grant => grant.OperatorId).Distinct().Select(async id => (id, await GrainFactory.UserInternal(id).FindContactAsync(cancellationToken))));
        var known = names.ToDictionary(pair => pair.id, pair => pair.Item2?.Username);
        return found with { Items = [.. found.Items.Select(grant => grant.AsOf(now) with { OperatorName = known[grant.OperatorId] })] };
    }

    public async Task<Outcome<SupportAccess>> UseAsync(Actor actor, SupportRead read, CancellationToken cancellationToken)
    {
        if (actor.TenantId == _tenant || !actor.Holds(Permissions.Operate)) return Refusal.NotFound;
        if (SupportRules.Usable(Open, actor.UserId, Now()) is not { } grant) return Refusal.NotFound;
        if (await RefuseFactorAsync(actor, within: null, cancellationToken) is var refusal and not Refusal.None) return refusal;
        await audit.RecordAsync(_tenant, SupportAuditEntries.Used(actor, grant, read));

        // Time went on while that was written.
        return grant.IsOver(Now()) ? Refusal.NotFound : new SupportAccess(grant.Id);
    }

    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        await MendAsync(cancellationToken);
        await EndOverdueAsync(cancellationToken);
    }

    public async Task EndAllAsync(CancellationToken cancellationToken)
    {
        var now = Now();
        foreach (var open in Open) await FinishAsync(open.Ended(SupportGrantEnd.PlatformRestored, by: null, now), cancellationToken);
    }

    public async Task DropAsync(CancellationToken cancellationToken)
    {
        if (state.Value is not null) await state.ClearAsync(cancellationToken);
        DeactivateOnIdle();
    }

    private async Task EndOverdueAsync(CancellationToken cancellationToken)
    {
        var now = Now();
        foreach (var over in Open.Where(grant => grant.IsOver(now))) await FinishAsync(over.AsOf(now), cancellationToken);
    }

    /// <summary>
    /// A row is written after its entry in the log and before the state. So an end that stands in the row is finished; any other difference is a change that was
    /// never answered, and the state holds.
    /// </summary>
    private async Task MendAsync(CancellationToken cancellationToken)
    {
        var rows = (await grants.ListOpenAsync(_tenant, cancellationToken)).ToDictionary(grant => grant.Id);
        foreach (var grant in Open)
        {
            if (rows.Remove(grant.Id, out var row))
            {
                if (row != grant) await grants.SaveAsync(grant, cancellationToken);
            }
            else if (await grants.FindAsync(grant.Id, cancellationToken) is { State: SupportGrantState.Ended } ended)
            {
                await FinishAsync(ended, cancellationToken);
            }
            else
            {
                await grants.SaveAsync(grant, cancellationToken);
            }
        }

        foreach (var stray in rows.Keys) await grants.RemoveAsync(stray, cancellationToken);
    }

    /// <summary>Writes one entry, however often it is begun.</summary>
    private async Task FinishAsync(SupportGrant ended, CancellationToken cancellationToken)
    {
        var entry = SupportAuditEntries.Ended(actor: null, ended);
        if (_doubtful.Contains(ended.Id) || !await log.TellsOfAsync(_tenant, entry, cancellationToken))
        {
            // Where the answer is lost, the log takes back by itself what is there after all (AuditLogGrain): then the entry is written again.
            _doubtful.Add(ended.Id);
            await audit.RecordAsync(_tenant, entry);
            _doubtful.Remove(ended.Id);
        }

        await SaveAsync(ended, cancellationToken);
    }

    private async Task<SupportGrant> NamedAsync(SupportGrant grant, CancellationToken cancellationToken) =>
        grant with { OperatorName = (await GrainFactory.UserInternal(grant.OperatorId).FindContactAsync(cancellationToken))?.Username };

    private static bool IsOperatorOf(SupportGrant grant, Actor actor) => actor.Holds(Permissions.Operate) && actor.UserId == grant.OperatorId;

    /// <param name="actor">An operator.</param>
    /// <param name="within">How fresh the proof must be; null: of any age that the session may have.</param>
    private async Task<Refusal> RefuseFactorAsync(Actor actor, TimeSpan? within, CancellationToken cancellationToken)
    {
        // The account is asked each time: a session lives on where its user gives the factor up in it.
        if (await GrainFactory.UserInternal(actor.UserId).HasSecondFactorAsync(cancellationToken) is not { } hasFactor) return Refusal.NotFound;
        if (!hasFactor) return Refusal.SecondFactorEnrolmentRequired;
        return actor.SecondFactorAt is { } provenAt && (within is not { } fresh || StoredTime.IsWithin(provenAt, fresh, time.GetUtcNow())) ? Refusal.None : Refusal.ReauthenticationRequired;
    }

    private SupportGrant? Find(SupportGrantId id, DateTimeOffset now) => Open.FirstOrDefault(g => g.Id == id && !g.IsOver(now));

    private async Task<SupportGrant?> FindMadeAsync(SupportGrantId id, CancellationToken cancellationToken) =>
        Open.FirstOrDefault(g => g.Id == id)
        ?? (await grants.FindAsync(id, cancellationToken) is { State: SupportGrantState.Ended } ended ? ended : null);

    /// <summary>Never goes back, so that a clock that does revives nothing.</summary>
    private DateTimeOffset Now()
    {
        var now = time.GetUtcNow();
        return _latest = now > _latest ? now : _latest;
    }

    /// <summary>The row first: of two that differ after a crash it is known what each means (<see cref="MendAsync"/>).</summary>
    private async Task<SupportGrant> SaveAsync(SupportGrant changed, CancellationToken cancellationToken)
    {
        var others = Open.RemoveAll(g => g.Id == changed.Id);
        try
        {
            await grants.SaveAsync(changed, cancellationToken);
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        await state.CommitAsync(new StoredSupport { Open = changed.State == SupportGrantState.Ended ? others : others.Add(changed) }, cancellationToken);
        return changed;
    }
}
