using System.Collections.Immutable;
using Platform.Audit;
using Platform.Internal;
using Platform.Notifications;
using Platform.State;
using Platform.Text;
using Platform.Users;

namespace Platform.Snippets;

/// <summary>Owns one snippet. Name, settings and life here, domains in <c>SnippetGrain.Domains.cs</c>, their proofs in <c>SnippetGrain.Proofs.cs</c>, scripts in <c>SnippetGrain.Versions.cs</c>.</summary>
/// <remarks>
/// The tenant's grain publishes to every process what validations need of it, and is told of each change: before it is written where the change takes something away,
/// after it where the change gives something. So nothing is accepted that is not on disk, and after a failure in between the next activation tells what is true.
/// </remarks>
public sealed partial class SnippetGrain(
    [CommittedState(StateNames.Snippet)] Committed<StoredSnippet> state,
    LiveTenantLookup tenants,
    SnippetDomains domains,
    DomainProofs proofs,
    IProvenDomains provenDomains,
    Notifier notifier,
    ManagerContacts managers,
    AuditLog audit,
    TimeProvider time) : Grain, ISnippetGrain, ISnippetGrainInternal, ISnippetProofGrain
{
    private SnippetId _id;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = PrefixedId.Parse<SnippetId>(this.GetPrimaryKeyString());
        if (state.Value is not { } snippet) return;

        // One that was made before scripts were published: only primary ones were.
        if (snippet.Versions.IsEmpty) await state.CommitAsync(await WithNextVersionAsync(snippet with { IsPrimary = true }, cancellationToken), cancellationToken);
        await PublishToTenantAsync(state.Value!, cancellationToken);
    }

    public async Task<SnippetPublication> CreatePrimaryAsync(TenantId tenant, string name, CancellationToken cancellationToken)
    {
        if (state.Value is not null) throw new InvalidOperationException("A snippet id is never used twice.");
        var made = new StoredSnippet { TenantId = tenant, Name = name, CreatedAt = time.GetUtcNow(), IsPrimary = true };
        await state.CommitAsync(await WithNextVersionAsync(made, cancellationToken), cancellationToken);
        return PublicationOf(state.Value!);
    }

    public async Task<Outcome<SnippetView>> CreateAsync(Actor actor, string name, CancellationToken cancellationToken)
    {
        if (state.Value is { } known) return known.TenantId == actor.TenantId ? ViewOf(known) : Refusal.NotFound;
        if (!actor.Holds(Permissions.Edit)) return Refusal.Forbidden;
        if (NameFault(name) is { } fault) return InputErrors.Of(fault);

        // Its place first: a snippet that nobody could list would stay for ever.
        var made = new StoredSnippet { TenantId = actor.TenantId, Name = name, CreatedAt = time.GetUtcNow() };
        var admitted = await GrainFactory.TenantSnippets(actor.TenantId).SetAsync(PublicationOf(made), cancellationToken);
        if (!admitted.Succeeded) return admitted;
        var told = By(actor, AuditActions.SnippetCreated, made, AuditChanges.Text("/name", null, name));
        return await audit.RecordThenAsync(made.TenantId, told, async () =>
        {
            await state.CommitAsync(await WithNextVersionAsync(made, cancellationToken), cancellationToken);
            await PublishToTenantAsync(state.Value!, cancellationToken);
            return ViewOf(state.Value!);
        });
    }

    public Task<Outcome<SnippetView>> GetAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.Read);
        return Task.FromResult<Outcome<SnippetView>>(refusal == Refusal.None ? ViewOf(state.Value!) : refusal);
    }

    public async Task<Outcome<SnippetView>> ChangeAsync(Actor actor, SnippetChange change, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        var snippet = state.Value!;
        var next = snippet with
        {
            Name = change.Name ?? snippet.Name,
            Settings = new SnippetSettings
            {
                WarnBefore = change.WarnBefore ?? snippet.Settings.WarnBefore,
                TouchEvery = change.TouchEvery ?? snippet.Settings.TouchEvery,
            },
        };
        InputError?[] faults = [NameFault(next.Name), .. next.Settings.Check()];
        if (faults.OfType<InputError>().ToArray() is { Length: > 0 } found) return InputErrors.Of(found);
        if (next == snippet) return ViewOf(snippet);
        var told = By(
            actor,
            AuditActions.SnippetUpdated,
            snippet,
            AuditChanges.Text("/name", snippet.Name, next.Name),
            AuditChanges.Duration("/settings/warnBefore", snippet.Settings.WarnBefore, next.Settings.WarnBefore),
            AuditChanges.Duration("/settings/touchEvery", snippet.Settings.TouchEvery, next.Settings.TouchEvery));
        return await audit.RecordThenAsync(snippet.TenantId, told, async () =>
        {
            await state.CommitAsync(next, cancellationToken);
            return ViewOf(next);
        });
    }

    public async Task<Outcome> DeleteAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = Refuse(actor, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        var snippet = state.Value!;
        if (snippet.IsPrimary) return Refusal.PrimarySnippet;
        await audit.RecordThenAsync(snippet.TenantId, [By(actor, AuditActions.SnippetDeleted, snippet)], async () =>
        {
            await GrainFactory.TenantSnippets(snippet.TenantId).RemoveAsync(_id, cancellationToken);
            foreach (var version in snippet.Versions) await GrainFactory.SnippetScript(_id, version.Script).DropAsync(cancellationToken);
            await state.ClearAsync(cancellationToken);
            await provenDomains.RemoveAsync(_id, [.. snippet.Domains.Select(domain => domain.Name)], cancellationToken);
        });
        DeactivateOnIdle();
        return Outcome.Done;
    }

    public async Task<SnippetLookup?> FindAsync(CancellationToken cancellationToken)
    {
        if (state.Value is not { } snippet)
        {
            // Anybody may ask for anything: nothing stays in memory for it.
            DeactivateOnIdle();
            return null;
        }

        return await tenants.FindAsync(snippet.TenantId, cancellationToken) is { } tenant && tenant.TryGetSnippet(_id, out var published)
            ? new SnippetLookup(snippet.TenantId, published.Publication)
            : null;
    }

    private static InputError? NameFault(string name) =>
        Names.IsVisible(name) ? null : new InputError("/name", "invalid_name", $"Use 1 to {Names.MaxLength} visible characters.");

    private Refusal Refuse(Actor actor, Permissions needed)
    {
        if (state.Value is not { } snippet || snippet.TenantId != actor.TenantId) return Refusal.NotFound;
        return actor.Holds(needed) ? Refusal.None : Refusal.Forbidden;
    }

    private Task<Outcome> PublishToTenantAsync(StoredSnippet snippet, CancellationToken cancellationToken) =>
        GrainFactory.TenantSnippets(snippet.TenantId).SetAsync(PublicationOf(snippet), cancellationToken);

    private AuditEntry By(Actor actor, string action, StoredSnippet snippet, params ReadOnlySpan<AuditChange?> changes) =>
        AuditEntry.By(actor, action, PartyOf(snippet), changes);

    private AuditParty PartyOf(StoredSnippet snippet) => new(AuditParties.Snippet, _id.ToString(), snippet.Name);

    private SnippetPublication PublicationOf(StoredSnippet snippet) => new()
    {
        Id = _id,
        Domains = [.. snippet.Domains.Select(domain => new SnippetDomain(domain.Name, domain.VerifiedAt is not null, domain.AddedAt))],
        Script = PublishedOf(snippet)?.Script,
    };

    private SnippetView ViewOf(StoredSnippet snippet) => new()
    {
        Id = _id,
        TenantId = snippet.TenantId,
        Name = snippet.Name,
        CreatedAt = snippet.CreatedAt,
        IsPrimary = snippet.IsPrimary,
        Domains =
        [
            .. snippet.Domains.Select(domain => new SnippetDomainView
            {
                Name = domain.Name,
                Verified = domain.VerifiedAt is not null,
                Challenge = domain.Challenge,
                AddedAt = domain.AddedAt,
                VerifiedAt = domain.VerifiedAt,
                ProofLostAt = domain.ProofLostAt,
                StopsAt = DomainProofRules.StopsAt(domain),
            }),
        ],
        Settings = snippet.Settings,
        Published = PublishedOf(snippet)!,
        Versions = snippet.Versions,
    };
}
