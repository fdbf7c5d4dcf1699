using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using Platform.Audit;
using Platform.Internal;
using Platform.State;
using Platform.Tenants;

namespace Platform.ApiKeys;

/// <summary>Owns the keys of one tenant and publishes them to <see cref="LiveApiKeys"/>, so that checks in this process need no grain call.</summary>
internal sealed partial class ApiKeysGrain(
    [CommittedState(StateNames.ApiKeys)] Committed<StoredApiKeys> committed,
    LiveApiKeys liveKeys,
    LiveTenantLookup tenants,
    ApiKeyList list,
    ApiKeyDormancy dormancy,
    AuditLog audit,
    TimeProvider time,
    ILogger<ApiKeysGrain> logger) : Grain, IApiKeysGrain, IApiKeysGrainInternal, IApiKeySponsorsGrain
{
    /// <summary>Bounds the state; enough for a key a back end, and for replacing each of them in turn.</summary>
    private const int MaxKeys = 100;

    /// <summary>How soon an end that a check has seen is written, and a sponsor is asked again whose change was cut off.</summary>
    private static readonly TimeSpan SettlesEvery = TimeSpan.FromMinutes(1);

    /// <summary>Checks that read the published record are invisible to idle collection.</summary>
    private static readonly TimeSpan StaysFor = TimeSpan.FromHours(1);

    private readonly Dictionary<ApiKeyId, LiveApiKey> _live = [];

    /// <summary>Since activation.</summary>
    private KeySponsors _sponsors = null!;
    private TenantId _tenant;
    private LiveTenant? _liveTenant;
    private IGrainTimer? _settling;

    private ImmutableArray<StoredApiKey> Keys => committed.Value?.Keys ?? [];

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        (_tenant, _sponsors) = (PrefixedId.Parse<TenantId>(this.GetPrimaryKeyString()), new KeySponsors(GrainFactory));
        if (committed.Value is null) return;
        await list.MendAsync(_tenant, Keys, cancellationToken);
        await SettleAsync(cancellationToken);
        _liveTenant = await tenants.FindAsync(_tenant, cancellationToken);

        // Orleans does not deactivate an activation that it gives up while it starts, so nothing may be registered before the end of this method.
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var key in Keys) Publish(key);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await TrySettleAsync(asks: false, cancellationToken);
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
        var made = ApiKeyRules.Make(key, actor.UserId, now);

        // Row first: one that has no key behind it is removed at the next activation, and its secret was shown to nobody.
        var view = ViewOf(made);
        await audit.RecordThenAsync(_tenant, [ApiKeyAuditEntries.Created(actor, made)], async () =>
        {
            await list.SaveAsync(view, cancellationToken);
            await committed.CommitAsync(new StoredApiKeys { Keys = others.Add(made) }, cancellationToken);
        });
        if (_live.Remove(key.Id, out var replaced)) replaced.End();
        Publish(made);
        return view;
    }

    public async Task<Outcome<ApiKeyView>> RotateAsync(Actor actor, ApiKeyId key, ApiKeyRotation rotation, CancellationToken cancellationToken)
    {
        if (Refuse(actor, key, out var stored) is not Refusal.None and var refusal) return refusal;
        if (ApiKeyRules.Check(rotation).ToArray() is { Length: > 0 } errors) return InputErrors.Of(errors);
        var now = time.GetUtcNow();
        var current = AsOf(stored, now);
        if (current.HasExpired) return Refusal.ApiKeyExpired;
        var rotated = ApiKeyRules.Rotated(current, rotation, now);
        await ReplaceAsync(stored, rotated, ApiKeyAuditEntries.Rotated(actor, rotated, rotation.Overlap), cancellationToken);
        return ViewOf(rotated);
    }

    public async Task<Outcome<ApiKeyView>> TakeOverAsync(Actor actor, ApiKeyId key, CancellationToken cancellationToken)
    {
        if (Refuse(actor, key, out var stored) is not Refusal.None and var refusal) return refusal;
        var current = AsOf(stored, time.GetUtcNow());
        if (current.HasExpired) return Refusal.ApiKeyExpired;
        if (current.Sponsor == actor.UserId) return ViewOf(current);
        var taken = current with { TakenOverBy = actor.UserId, IsDormant = false };
        await ReplaceAsync(stored, taken, ApiKeyAuditEntries.TakenOver(actor, current, taken), cancellationToken);
        await _sponsors.AskAsync(actor.UserId, cancellationToken);
        return ViewOf(taken);
    }

    public async Task<Outcome> DeleteAsync(Actor actor, ApiKeyId key, CancellationToken cancellationToken)
    {
        if (Refuse(actor) is not Refusal.None and var refusal) return refusal;
        if (Keys.FirstOrDefault(known => known.Id == key) is not { } revoked) return Refusal.NotFound;
        await audit.RecordThenAsync(
            _tenant,
            [ApiKeyAuditEntries.Revoked(actor, revoked)],
            () => committed.CommitAsync(new StoredApiKeys { Keys = Keys.Remove(revoked) }, cancellationToken));
        if (_live.Remove(key, out var ended))
        {
            ended.End();
            liveKeys.Remove(ended);
        }

        // The end itself is durable; the next activation mends the list.
        if (!await list.TryRemoveAsync(key, cancellationToken)) DeactivateOnIdle();
        return Outcome.Done;
    }

    public Task RevokeAllAsync(CancellationToken cancellationToken) => RevokeAsync(Keys, cancellationToken);

    public Task RevokeThoseAsync(ImmutableArray<ApiKeyId> keys, CancellationToken cancellationToken) => RevokeAsync(Keys.RemoveAll(key => !keys.Contains(key.Id)), cancellationToken);

    private async Task RevokeAsync(ImmutableArray<StoredApiKey> revoked, CancellationToken cancellationToken)
    {
        if (revoked.IsEmpty) return;
        await audit.RecordThenAsync(
            _tenant,
            [.. revoked.Select(ApiKeyAuditEntries.RevokedByRestore)],
            () => committed.CommitAsync(new StoredApiKeys { Keys = Keys.RemoveRange(revoked) }, cancellationToken));
        foreach (var key in revoked)
        {
            if (_live.Remove(key.Id, out var live))
            {
                live.End();
                liveKeys.Remove(live);
            }

            // As in DeleteAsync: the next activation mends the list.
            if (!await list.TryRemoveAsync(key.Id, cancellationToken)) DeactivateOnIdle();
        }
    }

    public async Task<Outcome<Page<ApiKeyView>>> ListAsync(Actor actor, PageRequest page, CancellationToken cancellationToken)
    {
        if (Refuse(actor) is not Refusal.None and var refusal) return refusal;
        foreach (var sponsor in Keys.Select(key => key.Sponsor).Distinct().ToArray()) await _sponsors.AskAsync(sponsor, cancellationToken);
        var rows = await list.ReadAsync(_tenant, page, cancellationToken);
        return rows with { Items = [.. rows.Items.Select(Complete)] };
    }

    public async Task<ApiKeyCheck> CheckAsync(ApiKeyId key, ImmutableArray<byte> secretHash, IPAddress? from, CancellationToken cancellationToken)
    {
        if (!_live.TryGetValue(key, out var live)) return default;
        await _sponsors.AskAsync(live.Grant.Sponsor, cancellationToken);
        var state = live.Check(secretHash.AsSpan(), from, time.GetUtcNow()) ?? throw new StorageUnavailableException("The key, or its sponsor, is being changed; ask again.");
        return new ApiKeyCheck(state, state == ApiKeyState.Live ? live.Grant : null, live.SponsorRights ?? Permissions.None);
    }

    public Task NarrowAsync(UserId user, ManagerEligibility? kept, CancellationToken cancellationToken)
    {
        if (IsSponsor(user)) _sponsors.Narrow(user, kept);
        return Task.CompletedTask;
    }

    public async Task SettleAsync(UserId user, ManagerEligibility? now, CancellationToken cancellationToken)
    {
        if (!IsSponsor(user)) return;
        _sponsors.Settle(user, now);
        await TrySettleAsync(asks: true, cancellationToken);
    }

    public Task ReviewAsync(CancellationToken cancellationToken) => TrySettleAsync(asks: true, cancellationToken);

    public async Task DropAsync(CancellationToken cancellationToken)
    {
        if (committed.Value is not null) await committed.ClearAsync(cancellationToken);
        foreach (var live in _live.Values)
        {
            live.End();
            liveKeys.Remove(live);
        }

        _live.Clear();
        DeactivateOnIdle();
    }

    private bool IsSponsor(UserId user) => Keys.Any(key => key.Sponsor == user);

    private Refusal Refuse(Actor actor) =>
        actor.TenantId != _tenant ? Refusal.NotFound : actor.Holds(Permissions.ManageUsers) ? Refusal.None : Refusal.Forbidden;

    /// <summary>Whoever is shown a secret that works, or lends it the own rights, could make the key.</summary>
    private Refusal Refuse(Actor actor, ApiKeyId key, out StoredApiKey stored)
    {
        stored = Keys.FirstOrDefault(known => known.Id == key)!;
        if (Refuse(actor) is not Refusal.None and var refusal) return refusal;
        if (stored is null) return Refusal.NotFound;
        return actor.Holds(ApiKeyScopeNames.NeededToGrant(stored.Scopes)) ? Refusal.None : Refusal.Forbidden;
    }

    private async Task ReplaceAsync(StoredApiKey stored, StoredApiKey next, AuditEntry entry, CancellationToken cancellationToken)
    {
        await audit.RecordThenAsync(_tenant, [entry], () => committed.CommitAsync(new StoredApiKeys { Keys = Keys.Replace(stored, next) }, cancellationToken));

        // Whoever still holds the record from before is sent here, and meets the new one.
        var before = _live.GetValueOrDefault(next.Id);
        Publish(next);
        before?.Withdraw();
    }

    private void Publish(StoredApiKey key)
    {
        // No tenant: nothing speaks for the keys.
        if (_liveTenant is null || key.HasExpired) return;
        _settling ??= this.RegisterGrainTimer(cancellationToken => TrySettleAsync(asks: true, cancellationToken), new GrainTimerCreationOptions(SettlesEvery, SettlesEvery));
        var grant = new ApiKeyGrant { Id = key.Id, TenantId = _tenant, Scopes = key.Scopes, Name = key.Name, Sponsor = key.Sponsor };
        var live = new LiveApiKey(liveKeys, _liveTenant, _sponsors.Of(key.Sponsor), grant, key.SecretHash, key.ExpiresAt, key.Previous?.ToLive());
        _live[key.Id] = live;
        liveKeys.Publish(live);
        DelayDeactivation(StaysFor);
    }

    /// <summary>Writes which keys have ended, so that none of them lives again after a restart under another clock, and which are dormant.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var settled = Keys.Select(key => AsOf(key, now)).ToImmutableArray();
        if (settled.SequenceEqual(Keys)) return;
        var changes = settled.Where((key, i) => key.IsDormant != Keys[i].IsDormant).Select(key => (key, _sponsors.Of(key.Sponsor).Standing)).ToArray();
        await dormancy.RecordThenAsync(_tenant, changes, () => committed.CommitAsync(new StoredApiKeys { Keys = settled }, cancellationToken), cancellationToken);
    }

    /// <param name="asks">For those sponsors whose rights are not known, or not for certain.</param>
    /// <param name="cancellationToken">Of the call.</param>
    private async Task TrySettleAsync(bool asks, CancellationToken cancellationToken)
    {
        try
        {
            if (asks) await _sponsors.AskAllAsync(Keys.Where(key => !key.HasExpired).Select(key => key.Sponsor), cancellationToken);
            await SettleAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is StorageUnavailableException or TimeoutException or OrleansException)
        {
            // What counts is in memory already. The next round, or the next activation, writes it.
            NotSettled(logger, failure.GetType().Name);
        }
    }

    private StoredApiKey AsOf(StoredApiKey key, DateTimeOffset now)
    {
        var record = _live.GetValueOrDefault(key.Id);
        return ApiKeyRules.AsOf(key, now, record, _sponsors.IsSettled(key.Sponsor) ? record?.IsSponsored : null);
    }

    /// <summary>The row has the last use, the state all else.</summary>
    private ApiKeyView Complete(ApiKeyView row) => Keys.FirstOrDefault(key => key.Id == row.Id) is { } key ? ViewOf(key) with { LastUsedAt = row.LastUsedAt } : row;

    private ApiKeyView ViewOf(StoredApiKey key) =>
        ApiKeyRules.ViewOf(_tenant, AsOf(key, time.GetUtcNow())) with { IsDormant = !key.HasExpired && !(_live.GetValueOrDefault(key.Id)?.IsSponsored ?? !key.IsDormant) };

    [LoggerMessage(EventName = "ApiKeysNotSettled", Level = LogLevel.Warning, Message = "Which API keys have ended or are dormant could not be written ({Failure}); the platform tries again by itself")]
    private static partial void NotSettled(ILogger logger, string failure);
}
