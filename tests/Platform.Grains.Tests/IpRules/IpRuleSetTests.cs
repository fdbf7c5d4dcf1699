using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Platform.IpRules;

namespace Platform.Grains.Tests.IpRules;

public sealed class IpRuleSetTests
{
    private static readonly UserId Ann = PrefixedId.New<UserId>(TimeProvider.System);
    private static readonly UserId Bob = PrefixedId.New<UserId>(TimeProvider.System);

    /// <summary>Rules, then who asks from where, and the answer.</summary>
    public static TheoryData<string, string, string, bool> Cases => new()
    {
        { "", "ann", "203.0.113.9", true },
        { "", "ann", "?", true },
        { "allow all 10.0.0.0/8", "ann", "10.1.2.3", true },
        { "allow all 10.0.0.0/8", "ann", "203.0.113.9", false },
        { "allow all 10.0.0.0/8", "key", "203.0.113.9", false },
        { "allow all 10.0.0.0/8", "ann", "?", false },
        { "deny all 10.0.0.0/8", "ann", "10.1.2.3", false },
        { "deny all 10.0.0.0/8", "ann", "203.0.113.9", true },
        { "deny all 10.0.0.0/8", "ann", "?", false },
        { "allow all 10.0.0.0/8;deny all 10.1.0.0/16", "ann", "10.1.2.3", false },
        { "deny all 10.1.0.0/16;allow all 10.1.2.3", "ann", "10.1.2.3", false },
        { "allow ann 192.0.2.0/24", "ann", "192.0.2.5", true },
        { "allow ann 192.0.2.0/24", "ann", "203.0.113.9", false },
        { "allow ann 192.0.2.0/24", "bob", "203.0.113.9", true },
        { "allow ann 192.0.2.0/24", "key", "203.0.113.9", true },
        { "allow all 10.0.0.0/8;allow ann 192.0.2.0/24", "ann", "192.0.2.5", true },
        { "allow all 10.0.0.0/8;allow ann 192.0.2.0/24", "ann", "10.0.0.1", true },
        { "allow all 10.0.0.0/8;allow ann 192.0.2.0/24", "bob", "192.0.2.5", false },
        { "deny all 192.0.2.0/24;allow ann 192.0.2.0/24", "ann", "192.0.2.5", false },
        { "deny ann 0.0.0.0/0", "bob", "192.0.2.5", true },
        { "deny ann 0.0.0.0/0", "ann", "192.0.2.5", false },
        { "deny ann 0.0.0.0/0", "ann", "2001:db8::1", true },
        { "allow keys 198.51.100.0/24", "key", "198.51.100.1", true },
        { "allow keys 198.51.100.0/24", "key", "203.0.113.9", false },
        { "allow keys 198.51.100.0/24", "ann", "203.0.113.9", true },
        { "deny keys 198.51.100.0/24", "ann", "198.51.100.1", true },
    };

    [Theory, MemberData(nameof(Cases))]
    public void Allows_Cases(string rules, string asker, string address, bool expected) =>
        Ask(new IpRuleSet([.. rules.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(Rule)]), asker, Number(address)).ShouldBe(expected);

    /// <summary>Any rules in any order mean what the sentence says; the merged ranges agree with asking each rule.</summary>
    [Fact]
    public void Allows_AnyRulesInAnyOrder_DenyWinsThenAllow() =>
        Prop.ForAll(
            Gen.Elements("all", "ann", "bob", "keys").Zip(Gen.Elements("allow", "deny")).Zip(Gen.Choose(0, 32).Zip(Gen.Choose(0, 31)))
                .Select(r => Rule($"{r.Item1.Item2} {r.Item1.Item1} {Block(r.Item2.Item1, r.Item2.Item2)}")).ArrayOf().Zip(Gen.Choose(0, 31)).ToArbitrary(),
            sample =>
            {
                var (rules, low) = sample;
                var number = Number($"10.0.0.{low}");
                foreach (var asker in new[] { "ann", "bob", "key" })
                {
                    var own = rules.Where(r => r.Subject == IpRuleSubject.All || Concerns(r, asker)).ToArray();
                    var denied = own.Any(r => r.Action == IpRuleAction.Deny && Holds(r, number));
                    var allows = own.Where(r => r.Action == IpRuleAction.Allow).ToArray();
                    var expected = !denied && (allows.Length == 0 || allows.Any(r => Holds(r, number)));
                    if (Ask(new IpRuleSet([.. rules]), asker, number) != expected || Ask(new IpRuleSet([.. rules.Reverse()]), asker, number) != expected) return false;
                }

                return true;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Allows_ManyRules_AllocatesNothing()
    {
        var set = new IpRuleSet([.. Enumerable.Range(0, IpRule.MaxPerTenant).Select(i => Rule($"allow all 10.{i / 250}.{i % 250}.0/24"))]);
        var address = IPAddress.Parse("10.1.2.3");
        set.AllowsUser(Ann, IpNumber.Of(address)).ShouldBeTrue();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) set.AllowsUser(Ann, IpNumber.Of(address));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    /// <summary>Mostly small blocks, close together, so that they hold each other and the address.</summary>
    private static string Block(int prefix, int low)
    {
        var mask = prefix == 0 ? 0u : uint.MaxValue << (32 - prefix);
        return $"{new IpNumber((0x0A000000u | (uint)low) & mask, IsV6: false)}/{prefix}";
    }

    private static bool Concerns(IpRule rule, string asker) => asker == "key"
        ? rule.Subject == IpRuleSubject.ApiKeys
        : rule.Subject == IpRuleSubject.User && rule.UserId == (asker == "ann" ? Ann : Bob);

    private static bool Holds(IpRule rule, IpNumber? number) => Cidr.TryParse(rule.Cidr, out var cidr) && number is { } known && cidr.Contains(known);

    private static bool Ask(IpRuleSet set, string asker, IpNumber? address) =>
        asker == "key" ? set.AllowsApiKeys(address) : set.AllowsUser(asker == "ann" ? Ann : Bob, address);

    private static IpNumber? Number(string address) => address == "?" ? null : IpNumber.Of(IPAddress.Parse(address));

    private static IpRule Rule(string text)
    {
        var parts = text.Split(' ');
        return new IpRule
        {
            Action = parts[0] == "allow" ? IpRuleAction.Allow : IpRuleAction.Deny,
            Subject = parts[1] switch { "all" => IpRuleSubject.All, "keys" => IpRuleSubject.ApiKeys, _ => IpRuleSubject.User },
            UserId = parts[1] switch { "ann" => Ann, "bob" => Bob, _ => null },
            Cidr = parts[2],
        };
    }
}
