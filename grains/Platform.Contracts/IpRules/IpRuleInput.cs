namespace Platform.IpRules;

/// <summary>A rule as the user typed it.</summary>
/// <param name="Cidr">A block such as <c>192.0.2.0/24</c>, or one address.</param>
/// <param name="Action">Allow or deny.</param>
/// <param name="AppliesTo"><c>all</c>, <c>user:&lt;id&gt;</c> or <c>api-keys</c>.</param>
[GenerateSerializer, Immutable, Alias("platform.IpRuleInput")]
public sealed record IpRuleInput([property: Id(0)] string Cidr, [property: Id(1)] IpRuleAction Action, [property: Id(2)] string AppliesTo);
