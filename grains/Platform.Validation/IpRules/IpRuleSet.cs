using System.Collections.Immutable;

namespace Platform.IpRules;

/// <summary>
/// Rules ready to be asked at every validation. Their order means nothing: a deny rule that matches refuses; otherwise an allow rule that matches admits;
/// otherwise the answer is yes only where no allow rule is about the asker. An asker's rules are those for all and those for itself, so an allow rule
/// for one user narrows that user alone, and widens what rules for all leave open.
/// </summary>
/// <remarks>Asking allocates nothing and takes the logarithm of the number of rules. An unknown address passes no rule: it is refused where there are any.</remarks>
public sealed class IpRuleSet
{
    private readonly Side _all;
    private readonly Side _apiKeys;
    private readonly Dictionary<UserId, Side> _users;

    public IpRuleSet(ImmutableArray<IpRule> rules)
    {
        var sides = rules.ToLookup(rule => (rule.Subject, rule.UserId));
        (_all, _apiKeys) = (new Side(sides[(IpRuleSubject.All, null)]), new Side(sides[(IpRuleSubject.ApiKeys, null)]));
        _users = sides.Where(side => side.Key.Subject == IpRuleSubject.User).ToDictionary(side => side.Key.UserId!.Value, side => new Side(side));
    }

    public bool AllowsUser(UserId user, IpNumber? address) => Allows(_users.GetValueOrDefault(user), address);

    public bool AllowsApiKeys(IpNumber? address) => Allows(_apiKeys, address);

    private bool Allows(Side? own, IpNumber? address)
    {
        if (address is not { } known) return _all.IsEmpty && own is null or { IsEmpty: true };
        if (_all.Deny.Contains(known) || own?.Deny.Contains(known) == true) return false;
        return (_all.Allow.IsEmpty && own is null or { Allow.IsEmpty: true }) || _all.Allow.Contains(known) || own?.Allow.Contains(known) == true;
    }

    /// <summary>The rules about one of those who ask.</summary>
    private sealed class Side(IEnumerable<IpRule> rules)
    {
        public IpRanges Allow { get; } = Ranges(rules, IpRuleAction.Allow);

        public IpRanges Deny { get; } = Ranges(rules, IpRuleAction.Deny);

        public bool IsEmpty => Allow.IsEmpty && Deny.IsEmpty;

        private static IpRanges Ranges(IEnumerable<IpRule> rules, IpRuleAction action) => new(rules.Where(rule => rule.Action == action).Select(rule => ParseStored(rule.Cidr)));
    }

    private static Cidr ParseStored(string text) =>
        Cidr.TryParse(text, out var cidr) ? cidr : throw new InvalidDataException("A stored IP rule cannot be read.");
}
