namespace Platform.IpRules;

/// <summary>How a rule is typed and printed.</summary>
public static class IpRuleText
{
    private const string All = "all";
    private const string ApiKeys = "api-keys";
    private const string User = "user:";

    public static string AppliesTo(IpRuleSubject subject, UserId? user) => subject switch
    {
        IpRuleSubject.All => All,
        IpRuleSubject.ApiKeys => ApiKeys,
        _ => User + user,
    };

    /// <summary>Each fault with its pointer below <paramref name="pointer"/>. Whether a user exists is not known here.</summary>
    public static IEnumerable<InputError> Read(this IpRuleInput input, string pointer, out IpRule rule)
    {
        var faults = new List<InputError>();
        if (!Cidr.TryParse(input.Cidr, out var cidr))
        {
            faults.Add(new InputError(
                pointer + "/cidr", "invalid_cidr", "Use a block such as 192.0.2.0/24 or 2001:db8::/32, without bits behind the prefix, or one address."));
        }

        UserId? user = null;
        var subject = input.AppliesTo switch { All => IpRuleSubject.All, ApiKeys => IpRuleSubject.ApiKeys, _ => IpRuleSubject.User };
        if (subject == IpRuleSubject.User)
        {
            if (input.AppliesTo.StartsWith(User, StringComparison.Ordinal) && UserId.TryParse(input.AppliesTo[User.Length..], out var id)) user = id;
            else faults.Add(new InputError(pointer + "/appliesTo", "invalid_applies_to", $"Use {All}, {User}<id> or {ApiKeys}."));
        }

        rule = new IpRule { Cidr = cidr.ToString(), Action = input.Action, Subject = subject, UserId = user };
        return faults;
    }
}
