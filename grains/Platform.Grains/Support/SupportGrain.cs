using System.Collections.Immutable;
using Platform.Audit;
using Platform.Internal;
using Platform.Listing;
using Platform.Notifications;
using Platform.SecondFactors;
using Platform.State;
using Platform.Users;

namespace Platform.Support;

/// <summary>
/// Owns the support grants of one tenant. What operators and managers do stands here, ends and mending in <c>SupportGrain.Expiry.cs</c>, what the access log and the
/// entries and messages in <c>SupportGrain.Notices.cs</c>.
/// </summary>
public sealed partial class SupportGrain(
    [CommittedState(StateNames.Support)] Committed<StoredSupport> state,
    ISupportGrantTable grants,
    IAuditEvents events,
    Notifier notifier,
    ManagerContacts managers,
    AuditLog audit,
    TimeProvider time) : Grain, ISupportGrain, ISupportExpiryGrain
{
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
        if (!actor.Holds(Permissions.Operate) || await GrainFactory.TenantInternal(_tenant).FindAsync(cancellationToken) is not { } tenant) return Refusal.NotFound;
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
        var messages = await ComposeAsync(actor, tenant, grant, cancellationToken);
        var made = await audit.RecordThenAsync(_tenant, Granted(actor, grant), async () =>
        {
            // On disk before the grant counts: nobody reads without the managers hearing of it.
            await notifier.EnqueueAsync(messages, cancellationToken);
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
        var saved = await audit.RecordThenAsync(_tenant, Approved(actor, approved), () => SaveAsync(approved, cancellationToken));
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
        await audit.RecordThenAsync(_tenant, Ended(actor, ended), () => SaveAsync(ended, cancellationToken));
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
        await audit.RecordAsync(_tenant, Used(actor, grant, read));

        // Time went on while that was written.
        return grant.IsOver(Now()) ? Refusal.NotFound : new SupportAccess(grant.Id);
    }

    private async Task<SupportGrant> NamedAsync(SupportGrant grant, CancellationToken cancellationToken) =>
        grant with { OperatorName = (await GrainFactory.UserInternal(grant.OperatorId).FindContactAsync(cancellationToken))?.Username };

    private static bool IsOperatorOf(SupportGrant grant, Actor actor) => actor.Holds(Permissions.Operate) && actor.UserId == grant.OperatorId;

    /// <param name="actor">An operator.</param>
    /// <param name="within">How fresh the proof must be; null: of any age that the session may have.</param>
    /// <param name="cancellationToken">Of the call.</param>
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
