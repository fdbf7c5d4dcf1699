using Platform.IpRules;

namespace Platform.Api.IpRules;

internal sealed record IpRuleBody
{
    public required string Cidr { get; init; }

    public required IpRuleAction Action { get; init; }

    /// <summary><c>all</c>, <c>user:usr_…</c> or <c>api-keys</c>.</summary>
    public required string AppliesTo { get; init; }

    public static IpRuleBody Of(IpRule rule) => new()
    {
        Cidr = rule.Cidr,
        Action = rule.Action,
        AppliesTo = IpRuleText.AppliesTo(rule.Subject, rule.UserId),
    };
}

/// <param name="Rules">Addresses in canonical form.</param>
/// <param name="InForce">False while the tenant does not have the feature: then nothing is refused.</param>
internal sealed record IpRulesBody(IReadOnlyList<IpRuleBody> Rules, bool InForce)
{
    public static IpRulesBody Of(IpRulesView view) => new([.. view.Rules.Select(IpRuleBody.Of)], view.InForce);
}

internal sealed record NewIpRulesBody
{
    public required IpRuleBody[] Rules { get; init; }

    public ImmutableArray<IpRuleInput> ToInput() => [.. Rules.Select(rule => new IpRuleInput(rule.Cidr, rule.Action, rule.AppliesTo))];
}

/// <param name="Id">The session.</param>
/// <param name="UserId">Its user.</param>
/// <param name="Ip">From where it was opened; absent where that is not known.</param>
internal sealed record RefusedSessionBody(SessionId Id, UserId UserId, string? Ip)
{
    public static RefusedSessionBody Of(RefusedSession session) => new(session.Id, session.UserId, session.Ip);
}
