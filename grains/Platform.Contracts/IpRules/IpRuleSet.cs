using System.Collections.Immutable;
using Platform.Users;

namespace Platform.IpRules;

/// <summary>
/// Rules ready to be asked at every validation. Their order means nothing: a deny rule that matches refuses; otherwise an allow rule that matches admits;
/// otherwise the answer is yes only where no allow rule is about the asker. An asker's rules are those for all and those for itself, so an allow rule
/// for one user narrows that user alone, and widens what rules for all leave open.
/// </summary>
/// <remarks>Asking allocates nothing and takes the logarithm of the number of rules. An unknown address passes no rule: it is refused where there are any.</remarks>
public sealed class IpRuleSet
{
    private readonly IpRanges _allowAll;
    private readonly IpRanges _denyAll;
    private readonly Side _apiKeys;
    private readonly Dictionary<UserId, Side> _users;

    private sealed record Side(IpRanges Allow, IpRanges Deny);

    public IpRuleSet(ImmutableArray<IpRule> rules)
    {
        Rules = rules;
        var parsed = rules.Select(r => (Rule: r, Block: ParseStored(r.Cidr))).ToArray();
        _allowAll = Ranges(IpRuleSubject.All, null, IpRuleAction.Allow);
        _denyAll = Ranges(IpRuleSubject.All, null, IpRuleAction.Deny);
        _apiKeys = new Side(Ranges(IpRuleSubject.ApiKeys, null, IpRuleAction.Allow), Ranges(IpRuleSubject.ApiKeys, null, IpRuleAction.Deny));
        _users = rules.Where(r => r.Subject == IpRuleSubject.User).Select(r => r.UserId!.Value).Distinct().ToDictionary(
            u => u, u => new Side(Ranges(IpRuleSubject.User, u, IpRuleAction.Allow), Ranges(IpRuleSubject.User, u, IpRuleAction.Deny)));

        IpRanges Ranges(IpRuleSubject subject, UserId? user, IpRuleAction action) =>
            new(parsed.Where(p => p.Rule.Subject == subject && p.Rule.Action == action && (user is null || p.Rule.UserId == user)).Select(p => p.Block));
    }

    public ImmutableArray<IpRule> Rules { get; }

    public bool AllowsUser(UserId user, IpNumber? address) => Allows(_users.GetValueOrDefault(user), address);

    public bool AllowsApiKeys(IpNumber? address) => Allows(_apiKeys, address);

    private bool Allows(Side? own, IpNumber? address)
    {
        if (address is not { } known) return _allowAll.IsEmpty && _denyAll.IsEmpty && own is null or { Allow.IsEmpty: true, Deny.IsEmpty: true };
        if (_denyAll.Contains(known) || own?.Deny.Contains(known) == true) return false;
        return (_allowAll.IsEmpty && own is null or { Allow.IsEmpty: true }) || _allowAll.Contains(known) || own?.Allow.Contains(known) == true;
    }

    private static Cidr ParseStored(string text) =>
        Cidr.TryParse(text, out var cidr) ? cidr : throw new InvalidDataException("A stored IP rule cannot be read.");
}
