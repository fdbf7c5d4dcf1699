namespace Platform.IpRules;

/// <summary>A rule as it was typed.</summary>
/// <param name="Cidr">Read by <see cref="IpRules.Cidr.TryParse"/>.</param>
/// <param name="Action">Allow or deny.</param>
/// <param name="AppliesTo"><c>all</c>, <c>user:&lt;id&gt;</c> or <c>api-keys</c>.</param>
[GenerateSerializer, Immutable, Alias("platform.IpRuleInput")]
public sealed record IpRuleInput([property: Id(0)] string Cidr, [property: Id(1)] IpRuleAction Action, [property: Id(2)] string AppliesTo)
{
    private const string All = "all";
    private const string ApiKeys = "api-keys";
    private const string User = "user:";

    public static string ToText(IpRuleSubject subject, UserId? user) => subject switch
    {
        IpRuleSubject.All => All,
        IpRuleSubject.ApiKeys => ApiKeys,
        _ => User + user,
    };

    /// <summary>Each fault with its pointer below <paramref name="pointer"/>. Whether a user exists is not known here.</summary>
    public IEnumerable<InputError> Read(string pointer, out IpRule rule)
    {
        var faults = new List<InputError>();
        if (!IpRules.Cidr.TryParse(Cidr, out var cidr))
        {
            faults.Add(new InputError(
                pointer + "/cidr", "invalid_cidr", "Use a block such as 192.0.2.0/24 or 2001:db8::/32, without bits behind the prefix, or one address."));
        }

        UserId? user = null;
        var subject = AppliesTo switch { All => IpRuleSubject.All, ApiKeys => IpRuleSubject.ApiKeys, _ => IpRuleSubject.User };
        if (subject == IpRuleSubject.User)
        {
            if (AppliesTo.StartsWith(User, StringComparison.Ordinal) && UserId.TryParse(AppliesTo[User.Length..], out var id)) user = id;
            else faults.Add(new InputError(pointer + "/appliesTo", "invalid_applies_to", $"Use {All}, {User}<id> or {ApiKeys}."));
        }

        rule = new IpRule { Cidr = cidr.ToString(), Action = Action, Subject = subject, UserId = user };
        return faults;
    }
}
