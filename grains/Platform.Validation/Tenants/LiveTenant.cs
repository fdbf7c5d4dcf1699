using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Platform.IpRules;
using Platform.Snippets;
using Platform.Users;

namespace Platform.Tenants;

/// <summary>
/// A tenant in this process, as far as its live sessions depend on it. Each of them points here, so that a change of policy, roles or epoch is one store
/// that holds for the very next validation, however many sessions there are. Reading costs no lock, no allocation and no call.
/// </summary>
public sealed class LiveTenant
{
    private Snapshot _snapshot;

    internal LiveTenant(TenantId id, TenantPolicySnapshot policy) => (Id, _snapshot) = (id, new Snapshot(id, policy));

    public TenantId Id { get; }

    public TenantPolicySnapshot Policy => Current.Policy;

    public bool IsSuspended => Current.Policy.Suspended;

    public RoleSet Roles => Current.Roles;

    /// <summary>Whether this user's requests may come from there (row IPRULES).</summary>
    public bool AllowsFrom(UserId user, IPAddress? address) => Current.IpRules is not { } rules || rules.AllowsUser(user, IpNumber.Of(address));

    /// <summary>Whether calls with an API key may come from there.</summary>
    public bool AllowsApiKeysFrom(IPAddress? address) => Current.IpRules is not { } rules || rules.AllowsApiKeys(IpNumber.Of(address));

    /// <inheritdoc cref="AllowsFrom(UserId, IPAddress?)"/>
    public bool AllowsFrom(UserId user, string? address) =>
        Current.IpRules is not { } rules || rules.AllowsUser(user, IpNumber.Of(address));

    /// <summary>A snippet with the origins from which it works now.</summary>
    public bool TryGetSnippet(SnippetId id, [NotNullWhen(true)] out PublishedSnippet? snippet) => Current.Snippets.TryGetValue(id, out snippet);

    /// <summary>Whether the domain is still proven, and the snippet still there (row SEGREGATION).</summary>
    public bool AllowsFrom(PageOrigin page) => TryGetSnippet(page.Snippet, out var snippet) && snippet.Allows(page);

    internal Snapshot Current => Volatile.Read(ref _snapshot);

    /// <summary>An older revision that comes late changes nothing.</summary>
    internal void Replace(TenantPolicySnapshot policy)
    {
        var next = new Snapshot(Id, policy);
        while (true)
        {
            var seen = Current;
            if (seen.Policy.Revision >= policy.Revision || Interlocked.CompareExchange(ref _snapshot, next, seen) == seen) return;
        }
    }

    /// <summary>Until when the sessions of an earlier policy are over was computed by a clock that was ahead: forgotten, or nobody could sign in until then.</summary>
    internal Snapshot WithoutTimesAhead(Snapshot seen)
    {
        var next = new Snapshot(Id, seen.Policy with { IdleCutoff = DateTimeOffset.MinValue, AbsoluteCutoff = DateTimeOffset.MinValue });
        Interlocked.CompareExchange(ref _snapshot, next, seen);
        return next;
    }

    /// <summary>The policy as the hot path reads it: plain numbers, read through one reference, so that all of them always belong together.</summary>
    internal sealed class Snapshot(TenantId id, TenantPolicySnapshot policy)
    {
        public readonly TenantPolicySnapshot Policy = policy;
        public readonly RoleSet Roles = new(policy.Roles);
        public readonly IpRuleSet? IpRules = policy.IpRules.IsEmpty ? null : new(policy.IpRules);
        public readonly int Epoch = policy.Epoch;
        public readonly bool RequireSecondFactor = policy.RequireSecondFactor;
        public readonly bool SecurityTesting = policy.SecurityTesting;
        public readonly long IdleTimeout = policy.Policy.IdleTimeout.Ticks;
        public readonly long AbsoluteTimeout = policy.Policy.AbsoluteTimeout.Ticks;
        public readonly long IdleCutoff = policy.IdleCutoff.UtcTicks;
        public readonly long AbsoluteCutoff = policy.AbsoluteCutoff.UtcTicks;
        public readonly FrozenDictionary<SnippetId, PublishedSnippet> Snippets = PublishedSnippet.InForce(id, policy.Snippets, policy.MultiDomain);
    }
}
