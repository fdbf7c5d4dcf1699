using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using Platform.Clocks;
using Platform.Cluster;
using Platform.Tenants;

namespace Platform.ApiKeys;

/// <summary>A secret that a rotation has replaced and that counts for a while beside the new one.</summary>
public sealed record PreviousSecret(ImmutableArray<byte> Hash, DateTimeOffset RotatedAt, DateTimeOffset ExpiresAt)
{
    public bool IsOpen(DateTimeOffset now) => StoredTime.IsOpen(ExpiresAt, ExpiresAt - RotatedAt, now);

    /// <summary>Prints no hash.</summary>
    public override string ToString() => $"{nameof(PreviousSecret)} {{ ExpiresAt = {ExpiresAt:O} }}";
}

/// <summary>One key in this process: the record that the grain of its tenant's keys publishes and ends. A check costs no lock, no allocation and no database.</summary>
public sealed class LiveApiKey
{
    /// <summary>Uses are noted this often, so that a key that is used all the time costs one write a minute.</summary>
    private static readonly long NotedEvery = TimeSpan.FromMinutes(1).Ticks;

    private readonly LiveApiKeys _owner;
    private readonly LiveTenant _tenant;
    private readonly LiveSponsor _sponsor;
    private readonly Permissions _needs;
    private readonly byte[] _secretHash;
    private readonly DateTimeOffset _expiresAt;
    private volatile Status _status = Status.Live;
    private volatile PreviousSecret? _previous;
    private long _notedAt;

    /// <param name="owner">Of this process.</param>
    /// <param name="tenant">To which it belongs.</param>
    /// <param name="sponsor">For whom it counts.</param>
    /// <param name="grant">What its holder may do.</param>
    /// <param name="secretHash">SHA-256 of its secret.</param>
    /// <param name="expiresAt">Null: never.</param>
    /// <param name="previous">Counts, too, until its end.</param>
    public LiveApiKey(
        LiveApiKeys owner, LiveTenant tenant, LiveSponsor sponsor, ApiKeyGrant grant, ImmutableArray<byte> secretHash, DateTimeOffset? expiresAt = null, PreviousSecret? previous = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secretHash.Length, SHA256.HashSizeInBytes);
        (_owner, _tenant, _sponsor, _secretHash, Grant) = (owner, tenant, sponsor, [.. secretHash], grant);
        _needs = ApiKeyScopeNames.NeededToGrant(grant.Scopes);
        (_expiresAt, _previous) = (expiresAt ?? DateTimeOffset.MaxValue, previous);
    }

    private enum Status
    {
        Live = 0,
        Ended = 1,
        Withdrawn = 2,
    }

    public ApiKeyGrant Grant { get; }

    /// <summary>Deleted, or seen to have expired.</summary>
    public bool HasEnded => _status == Status.Ended;

    /// <summary>False also once a check has found it over.</summary>
    public bool HasPreviousSecret => _previous is not null;

    /// <summary>What the sponsor may do now; null: the grain does not know it yet.</summary>
    public Permissions? SponsorRights => _sponsor.Standing?.RightsUnder(_tenant.Roles);

    /// <summary>Whether its sponsor could make it now; null: the grain does not know it yet.</summary>
    public bool? IsSponsored => SponsorRights?.Holds(_needs);

    /// <summary>Notes the use of a live one. Null: ask the grain, which took the record back or does not know the sponsor yet.</summary>
    /// <exception cref="LeaseExpiredException">This process cannot answer for what it holds now.</exception>
    public ApiKeyState? Check(ReadOnlySpan<byte> secretHash, IPAddress? from, DateTimeOffset now)
    {
        var state = Judge(secretHash, from, now);
        _owner.Lease.ThrowIfExpired();
        if (state == ApiKeyState.Live) Note(now);
        return state;
    }

    /// <summary>Deleted. Only its grain calls this, after that is durable.</summary>
    public void End() => _status = Status.Ended;

    /// <summary>Whoever still holds the record is sent to the grain.</summary>
    public void Withdraw() => _status = Status.Withdrawn;

    private ApiKeyState? Judge(ReadOnlySpan<byte> secretHash, IPAddress? from, DateTimeOffset now)
    {
        if (!CryptographicOperations.FixedTimeEquals(secretHash, _secretHash) && !IsPrevious(secretHash, now)) return ApiKeyState.Unknown;

        // Ended once for all: a clock that is set back revives nothing.
        if (now >= _expiresAt) Interlocked.CompareExchange(ref _status, Status.Ended, Status.Live);
        switch (_status)
        {
            case Status.Live when _tenant.IsSuspended: return ApiKeyState.Suspended;
            case Status.Live: return IsSponsored is { } sponsored ? JudgeFrom(from, sponsored) : null;
            case Status.Ended: return ApiKeyState.Unknown;
            default: return null;
        }
    }

    private ApiKeyState JudgeFrom(IPAddress? from, bool sponsored)
    {
        if (!sponsored) return ApiKeyState.Dormant;
        return _tenant.AllowsApiKeysFrom(from) ? ApiKeyState.Live : ApiKeyState.IpNotAllowed;
    }

    /// <summary>It ends once for all, as the key does.</summary>
    private bool IsPrevious(ReadOnlySpan<byte> secretHash, DateTimeOffset now)
    {
        if (_previous is not { } previous || !CryptographicOperations.FixedTimeEquals(secretHash, previous.Hash.AsSpan())) return false;
        if (previous.IsOpen(now)) return true;
        _previous = null;
        return false;
    }

    private void Note(DateTimeOffset now)
    {
        var seen = Volatile.Read(ref _notedAt);
        if (Math.Abs(now.UtcTicks - seen) < NotedEvery || Interlocked.CompareExchange(ref _notedAt, now.UtcTicks, seen) != seen) return;
        _owner.Uses.Enqueue(new ApiKeyUse(Grant.Id, now));
    }
}

/// <summary>A key was used.</summary>
public readonly record struct ApiKeyUse(ApiKeyId Id, DateTimeOffset At);

/// <summary>The keys whose grains are in this process. Only those grains publish and remove.</summary>
public sealed class LiveApiKeys(MembershipLease? lease = null)
{
    private readonly ConcurrentDictionary<ApiKeyId, LiveApiKey> _keys = new();

    /// <summary>Demanded of each answer about one of them.</summary>
    public MembershipLease Lease { get; } = lease ?? MembershipLease.ForEver;

    /// <summary>Uses that are not saved yet, at most one a minute and key.</summary>
    public ConcurrentQueue<ApiKeyUse> Uses { get; } = new();

    public bool TryGet(ApiKeyId id, [NotNullWhen(true)] out LiveApiKey? key) => _keys.TryGetValue(id, out key);

    public void Publish(LiveApiKey key) => _keys[key.Grant.Id] = key;

    /// <summary>Removes this record, not one that has replaced it.</summary>
    public void Remove(LiveApiKey key) => _keys.TryRemove(new KeyValuePair<ApiKeyId, LiveApiKey>(key.Grant.Id, key));
}
