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
    private InForce _inForce;

    internal LiveTenant(TenantId id, TenantTerms terms) => (Id, _inForce) = (id, new InForce(id, terms));

    public TenantId Id { get; }

    public TenantTerms Terms => Current.Terms;

    public bool IsSuspended => Current.Terms.Suspended;

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

    internal InForce Current => Volatile.Read(ref _inForce);

    /// <summary>An older revision that comes late changes nothing.</summary>
    internal void Replace(TenantTerms terms)
    {
        var next = new InForce(Id, terms);
        while (true)
        {
            var seen = Current;
            if (seen.Terms.Revision >= terms.Revision || Interlocked.CompareExchange(ref _inForce, next, seen) == seen) return;
        }
    }

    /// <summary>Until when the sessions of an earlier policy are over was computed by a clock that was ahead: forgotten, or nobody could sign in until then.</summary>
    internal InForce WithoutTimesAhead(InForce seen)
    {
        var next = new InForce(Id, seen.Terms with { IdleUntil = DateTimeOffset.MinValue, OverUntil = DateTimeOffset.MinValue });
        Interlocked.CompareExchange(ref _inForce, next, seen);
        return next;
    }

    /// <summary>Terms as the hot path reads them: plain numbers, read through one reference, so that they always belong together.</summary>
    internal sealed class InForce(TenantId id, TenantTerms terms)
    {
        public readonly TenantTerms Terms = terms;
        public readonly RoleSet Roles = new(terms.Roles);
        public readonly IpRuleSet? IpRules = terms.IpRules.IsEmpty ? null : new(terms.IpRules);
        public readonly int Epoch = terms.Epoch;
        public readonly bool RequireSecondFactor = terms.RequireSecondFactor;
        public readonly long IdleTimeout = terms.Policy.IdleTimeout.Ticks;
        public readonly long AbsoluteTimeout = terms.Policy.AbsoluteTimeout.Ticks;
        public readonly long IdleUntil = terms.IdleUntil.UtcTicks;
        public readonly long OverUntil = terms.OverUntil.UtcTicks;
        public readonly FrozenDictionary<SnippetId, PublishedSnippet> Snippets = PublishedSnippet.InForce(id, terms.Snippets, terms.MultiDomain);
    }
}
