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

    /// <summary>How soon an end is written that a check has seen.</summary>
    private static readonly TimeSpan SettlesEvery = TimeSpan.FromMinutes(1);

    /// <summary>Checks that read the published record are invisible to idle collection.</summary>
    private static readonly TimeSpan StaysFor = TimeSpan.FromHours(1);

    private readonly Dictionary<ApiKeyId, LiveApiKey> _live = [];
    private TenantId _tenant;
    private LiveTenant? _liveTenant;
    private IGrainTimer? _settling;

    private ImmutableArray<StoredApiKey> Keys => committed.Value?.Keys ?? [];

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _tenant = PrefixedId.Parse<TenantId>(this.GetPrimaryKeyString());
        if (committed.Value is null) return;
        await MendListAsync(cancellationToken);
        await SettleAsync(cancellationToken);
        _liveTenant = await tenants.FindAsync(_tenant, cancellationToken);

        // Orleans does not deactivate an activation that it gives up while it starts, so nothing may be registered before the end of this method.
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var key in Keys) Publish(key);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await TrySettleAsync(cancellationToken);
        foreach (var live in _live.Values)
        {
            live.Withdraw();
            liveKeys.Remove(live);
        }
    }

    public async Task<Outcome<ApiKeyView>> CreateAsync(Actor actor, NewApiKey key, CancellationToken cancellationToken)
    {
        if (Refuse(actor) is not Refusal.None and var refusal) return refusal;
        if (!actor.Holds(ApiKeyScopeNames.NeededToGrant(key.Scopes))) return Refusal.Forbidden;
        var now = time.GetUtcNow();
        if (ApiKeyRules.Check(key, now).ToArray() is { Length: > 0 } errors) return InputErrors.Of(errors);
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
            CreatedAt = now,
            CreatedBy = actor.UserId,
            ExpiresAt = key.ExpiresAt,
        };

        // Row first: one that has no key behind it is removed at the next activation, and its secret was shown to nobody.
        var view = ViewOf(made);
        var entry = By(actor, AuditActions.ApiKeyCreated, made, AuditChanges.List("/scopes", [], ApiKeyScopeNames.ToNames(made.Scopes)), AuditChanges.Time("/expiresAt", null, made.ExpiresAt));
        await audit.RecordThenAsync(_tenant, [entry], async () =>
        {
            await table.SaveAsync(view, cancellationToken);
            await committed.CommitAsync(new StoredApiKeys { Keys = others.Add(made) }, cancellationToken);
        });
        if (_live.Remove(key.Id, out var replaced)) replaced.End();
        Publish(made);
        return view;
    }

    public async Task<Outcome<ApiKeyView>> RotateAsync(Actor actor, ApiKeyId key, ApiKeyRotation rotation, CancellationToken cancellationToken)
    {
        if (Refuse(actor) is not Refusal.None and var refusal) return refusal;
        if (Keys.FirstOrDefault(known => known.Id == key) is not { } stored) return Refusal.NotFound;
        if (!actor.Holds(ApiKeyScopeNames.NeededToGrant(stored.Scopes))) return Refusal.Forbidden;
        if (ApiKeyRules.Check(rotation).ToArray() is { Length: > 0 } errors) return InputErrors.Of(errors);
        var now = time.GetUtcNow();
        var current = AsOf(stored, now);
        if (current.HasExpired) return Refusal.ApiKeyExpired;
        var rotated = ApiKeyRules.Rotated(current, rotation, now);
        await audit.RecordThenAsync(
            _tenant,
            [By(actor, AuditActions.ApiKeyRotated, rotated, AuditChanges.Secret("/key"), AuditChanges.Duration("/overlap", null, rotation.Overlap))],
            () => committed.CommitAsync(new StoredApiKeys { Keys = Keys.Replace(stored, rotated) }, cancellationToken));

        // Whoever still holds the record from before is sent here, and meets the new one.
        var before = _live.GetValueOrDefault(key);
        Publish(rotated);
        before?.Withdraw();
        return ViewOf(rotated);
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

    public async Task<Outcome<Page<ApiKeyView>>> ListAsync(Actor actor, PageRequest page, CancellationToken cancellationToken)
    {
        if (Refuse(actor) is not Refusal.None and var refusal) return refusal;
        var rows = await table.ListAsync(_tenant, page, cancellationToken);
        return rows with { Items = [.. rows.Items.Select(Complete)] };
    }

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
        if (_liveTenant is null || key.HasExpired) return;
        if (key.ExpiresAt is not null || key.Previous is not null) _settling ??= this.RegisterGrainTimer(TrySettleAsync, new GrainTimerCreationOptions(SettlesEvery, SettlesEvery));
        var grant = new ApiKeyGrant { Id = key.Id, TenantId = _tenant, Scopes = key.Scopes, Name = key.Name };
        var live = new LiveApiKey(liveKeys, _liveTenant, grant, key.SecretHash, key.ExpiresAt, key.Previous?.ToLive());
        _live[key.Id] = live;
        liveKeys.Publish(live);
        DelayDeactivation(StaysFor);
    }

    /// <summary>Writes which keys have ended, so that none of them lives again after a restart under another clock.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var settled = Keys.Select(key => AsOf(key, now)).ToImmutableArray();
        if (!settled.SequenceEqual(Keys)) await committed.CommitAsync(new StoredApiKeys { Keys = settled }, cancellationToken);
    }

    private StoredApiKey AsOf(StoredApiKey key, DateTimeOffset now) => ApiKeyRules.AsOf(key, now, _live.GetValueOrDefault(key.Id));

    private async Task TrySettleAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SettleAsync(cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            // Logged where it failed; the next activation settles it.
        }
    }

    /// <summary>The state is the authority: rows that a crash left or took are put right.</summary>
    private async Task MendListAsync(CancellationToken cancellationToken)
    {
        var listed = (await table.ListAsync(_tenant, new PageRequest(200, null), cancellationToken)).Items.Select(row => row.Id).ToHashSet();
        foreach (var missing in Keys.Where(key => !listed.Remove(key.Id))) await table.SaveAsync(ViewOf(missing), cancellationToken);
        foreach (var stray in listed) await table.RemoveAsync(stray, cancellationToken);
    }

    /// <summary>The row has the last use, the state all else.</summary>
    private ApiKeyView Complete(ApiKeyView row) => Keys.FirstOrDefault(key => key.Id == row.Id) is { } key ? ViewOf(key) with { LastUsedAt = row.LastUsedAt } : row;

    private ApiKeyView ViewOf(StoredApiKey key) => new()
    {
        Id = key.Id,
        TenantId = _tenant,
        Name = key.Name,
        Scopes = key.Scopes,
        Prefix = key.Prefix,
        CreatedAt = key.CreatedAt,
        CreatedBy = key.CreatedBy,
        ExpiresAt = key.ExpiresAt,
        PreviousSecretExpiresAt = AsOf(key, time.GetUtcNow()).Previous?.ExpiresAt,
    };

    [LoggerMessage(EventName = "ApiKeyNotUnlisted", Level = LogLevel.Warning, Message = "An API key was deleted, but the list of keys could not be updated yet")]
    private static partial void NotUnlisted(ILogger logger, Exception failure);
}
