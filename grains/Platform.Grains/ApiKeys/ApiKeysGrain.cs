using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using Platform.Audit;
using Platform.Internal;
using Platform.State;
using Platform.Tenants;
using Platform.Text;

namespace Platform.ApiKeys;

/// <summary>Owns the keys of one tenant and publishes them to <see cref="LiveApiKeys"/>, so that checks in this process need no grain call.</summary>
internal sealed partial class ApiKeysGrain(
    [CommittedState(StateNames.ApiKeys)] Committed<StoredApiKeys> committed,
    LiveApiKeys liveKeys,
    LiveTenantLookup tenants,
    ApiKeyTable table,
    AuditLog audit,
    TimeProvider time,
    ILogger<ApiKeysGrain> logger) : Grain, IApiKeysGrain
{
    /// <summary>Bounds the state; enough for a key a back end, and for replacing each of them in turn.</summary>
    private const int MaxKeys = 100;

    /// <summary>Checks that read the published record are invisible to idle collection.</summary>
    private static readonly TimeSpan StaysFor = TimeSpan.FromHours(1);

    private readonly Dictionary<ApiKeyId, LiveApiKey> _live = [];
    private TenantId _tenant;
    private LiveTenant? _liveTenant;

    private ImmutableArray<StoredApiKey> Keys => committed.Value?.Keys ?? [];

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _tenant = PrefixedId.Parse<TenantId>(this.GetPrimaryKeyString());
        if (committed.Value is null) return;
        await MendListAsync(cancellationToken);
        _liveTenant = await tenants.FindAsync(_tenant, cancellationToken);

        // Orleans does not deactivate an activation that it gives up while it starts, so nothing may be registered before the end of this method.
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var key in Keys) Publish(key);
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        foreach (var live in _live.Values)
        {
            live.Withdraw();
            liveKeys.Remove(live);
        }

        return Task.CompletedTask;
    }

    public async Task<Outcome<ApiKeyView>> CreateAsync(Actor actor, NewApiKey key, CancellationToken cancellationToken)
    {
        if (Refuse(actor) is not Refusal.None and var refusal) return refusal;
        if (!actor.Holds(ApiKeyScopeNames.NeededToGrant(key.Scopes))) return Refusal.Forbidden;
        if (!Names.IsVisible(key.Name)) return InputErrors.Of(new InputError("/name", "invalid_name", $"Use 1 to {Names.MaxLength} visible characters."));
        if (key.Scopes == ApiKeyScopes.None) return InputErrors.Of(new InputError("/scopes", "missing", "Name at least one scope."));
        _liveTenant ??= await tenants.FindAsync(_tenant, cancellationToken);
        var others = Keys.RemoveAll(known => known.Id == key.Id);
        if (others.Length >= MaxKeys) return Refusal.TooManyApiKeys;
        var made = new StoredApiKey
        {
            Id = key.Id,
            Name = key.Name,
            Scopes = key.Scopes,
            SecretHash = key.SecretHash,
            Prefix = key.Prefix,
            CreatedAt = time.GetUtcNow(),
            CreatedBy = actor.UserId,
        };

        // Row first: one that has no key behind it is removed at the next activation, and its secret was shown to nobody.
        var view = ViewOf(made);
        var entry = By(actor, AuditActions.ApiKeyCreated, made, AuditChanges.List("/scopes", [], ApiKeyScopeNames.ToNames(made.Scopes)));
        await audit.RecordThenAsync(_tenant, [entry], async () =>
        {
            await table.SaveAsync(view, cancellationToken);
            await committed.CommitAsync(new StoredApiKeys { Keys = others.Add(made) }, cancellationToken);
        });
        if (_live.Remove(key.Id, out var replaced)) replaced.End();
        Publish(made);
        return view;
    }

    private static AuditEntry By(Actor actor, string action, StoredApiKey key, params ReadOnlySpan<AuditChange?> changes) =>
        AuditEntry.By(actor, action, new AuditParty(AuditParties.ApiKey, key.Id.ToString(), key.Name), changes);

    public async Task<Outcome> DeleteAsync(Actor actor, ApiKeyId key, CancellationToken cancellationToken)
    {
        if (Refuse(actor) is not Refusal.None and var refusal) return refusal;
        if (Keys.FirstOrDefault(known => known.Id == key) is not { } revoked) return Refusal.NotFound;
        await audit.RecordThenAsync(
            _tenant,
            [By(actor, AuditActions.ApiKeyRevoked, revoked)],
            () => committed.CommitAsync(new StoredApiKeys { Keys = Keys.Remove(revoked) }, cancellationToken));
        if (_live.Remove(key, out var ended))
        {
            ended.End();
            liveKeys.Remove(ended);
        }

        try
        {
            await table.RemoveAsync(key, cancellationToken);
        }
        catch (StorageUnavailableException failure)
        {
            // The end itself is durable; the next activation mends the list.
            NotUnlisted(logger, failure);
            DeactivateOnIdle();
        }

        return Outcome.Done;
    }

    public async Task<Outcome<Page<ApiKeyView>>> ListAsync(Actor actor, PageRequest page, CancellationToken cancellationToken) =>
        Refuse(actor) is not Refusal.None and var refusal ? refusal : await table.ListAsync(_tenant, page, cancellationToken);

    public Task<ApiKeyCheck> CheckAsync(ApiKeyId key, ImmutableArray<byte> secretHash, IPAddress? from, CancellationToken cancellationToken)
    {
        if (!_live.TryGetValue(key, out var live)) return Task.FromResult(default(ApiKeyCheck));
        var state = live.Check(secretHash.AsSpan(), from, time.GetUtcNow()) ?? throw new StorageUnavailableException("The key is leaving memory; ask again.");
        return Task.FromResult(new ApiKeyCheck(state, state == ApiKeyState.Live ? live.Grant : null));
    }

    private Refusal Refuse(Actor actor) =>
        actor.TenantId != _tenant ? Refusal.NotFound : actor.Holds(Permissions.ManageUsers) ? Refusal.None : Refusal.Forbidden;

    private void Publish(StoredApiKey key)
    {
        // No tenant: nothing speaks for the keys.
        if (_liveTenant is null) return;
        var live = new LiveApiKey(liveKeys, _liveTenant, new ApiKeyGrant { Id = key.Id, TenantId = _tenant, Scopes = key.Scopes, Name = key.Name }, key.SecretHash);
        _live[key.Id] = live;
        liveKeys.Publish(live);
        DelayDeactivation(StaysFor);
    }

    /// <summary>The state is the authority: rows that a crash left or took are put right.</summary>
    private async Task MendListAsync(CancellationToken cancellationToken)
    {
        var listed = (await table.ListAsync(_tenant, new PageRequest(200, null), cancellationToken)).Items.Select(row => row.Id).ToHashSet();
        foreach (var missing in Keys.Where(key => !listed.Remove(key.Id))) await table.SaveAsync(ViewOf(missing), cancellationToken);
        foreach (var stray in listed) await table.RemoveAsync(stray, cancellationToken);
    }

    private ApiKeyView ViewOf(StoredApiKey key) => new()
    {
        Id = key.Id,
        TenantId = _tenant,
        Name = key.Name,
        Scopes = key.Scopes,
        Prefix = key.Prefix,
        CreatedAt = key.CreatedAt,
        CreatedBy = key.CreatedBy,
    };

    [LoggerMessage(EventName = "ApiKeyNotUnlisted", Level = LogLevel.Warning, Message = "An API key was deleted, but the list of keys could not be updated yet")]
    private static partial void NotUnlisted(ILogger logger, Exception failure);
}
