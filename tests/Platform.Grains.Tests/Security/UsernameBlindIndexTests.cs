using FsCheck;
using FsCheck.Fluent;
using Platform.Security;
using Platform.Text;

namespace Platform.Grains.Tests.Security;

public sealed class UsernameBlindIndexTests
{
    private static readonly TenantId Acme = TenantId.From(new Guid(1, 0, 0, new byte[8]));
    private static readonly TenantId Globex = TenantId.From(new Guid(2, 0, 0, new byte[8]));

    [Fact, Trait("Threat", "T47")]
    public void Of_NamesThatLookAlike_DifferAndFitAGrainKey()
    {
        using var master = new MasterKey(new byte[32]);
        var names = new UsernameBlindIndex(IndexKey.Of(master));
        string[] typed = ["1", "01", "0x1", "a+b", "a/b", "a%2Fb", "ä", new string('ж', 64), "a#b?c\\d"];
        var keys = typed.Select(name =>
        {
            Usernames.TryNormalise(name, out var normalised).ShouldBeTrue(name);
            return names.Of(Acme, normalised);
        }).ToArray();
        keys.Distinct().Count().ShouldBe(typed.Length);
        keys.ShouldAllBe(key => key.Length == 64 && key.All(char.IsAsciiHexDigitLower));
    }

    [Fact, Trait("Threat", "T52")]
    public void Of_AnotherTenantOrMasterKey_HasNothingInCommon() => Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), name =>
    {
        using var master = new MasterKey(new byte[32]);
        using var other = new MasterKey([.. Enumerable.Repeat((byte)1, 32)]);
        var index = new UsernameBlindIndex(IndexKey.Of(master)).Of(Acme, name.Get);
        return index == new UsernameBlindIndex(IndexKey.Of(master)).Of(Acme, name.Get) && index != new UsernameBlindIndex(IndexKey.Of(master)).Of(Globex, name.Get) && index != new UsernameBlindIndex(IndexKey.Of(other)).Of(Acme, name.Get);
    }).QuickCheckThrowOnFailure();

    [Fact, Trait("Threat", "T12")]
    public void OfImpossible_AnyText_IsItsOwnAndNoNamesKey() => Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), ArbMap.Default.ArbFor<NonNull<string>>(), (typed, name) =>
    {
        using var master = new MasterKey(new byte[32]);
        var names = new UsernameBlindIndex(IndexKey.Of(master));
        var impossible = names.OfImpossible(Acme, typed.Get);
        return impossible == names.OfImpossible(Acme, typed.Get)
            && (impossible == names.OfImpossible(Acme, name.Get)) == (typed.Get == name.Get)
            && impossible != names.OfImpossible(Globex, typed.Get)
            && impossible != names.Of(Acme, name.Get)
            && impossible != names.Of(Acme, typed.Get);
    }).QuickCheckThrowOnFailure();

    /// <summary>In UTF-8 they would all be U+FFFD.</summary>
    [Fact]
    public void OfImpossible_HalvesOfSurrogatePairs_Differ()
    {
        using var master = new MasterKey(new byte[32]);
        var names = new UsernameBlindIndex(IndexKey.Of(master));
        string[] halves = ["\ud800", "\ud801", "\udc00", "\ufffd"];
        halves.Select(half => names.OfImpossible(Acme, half)).Distinct().Count().ShouldBe(halves.Length);
        halves.Select(names.AbsentTenant).Distinct().Count().ShouldBe(halves.Length);
    }

    [Fact]
    public void Absent_EachItsOwn_AreIdsThatNothingHas()
    {
        using var master = new MasterKey(new byte[32]);
        var names = new UsernameBlindIndex(IndexKey.Of(master));
        names.AbsentTenant("a").ShouldBe(names.AbsentTenant("a"));
        names.AbsentTenant("a").ShouldNotBe(names.AbsentTenant("b"));
        names.DecoyUserId(Acme, "a").ShouldNotBe(names.DecoyUserId(Globex, "a"));
        names.AbsentTenant("a").Value.Version.ShouldBe(8);
        names.DecoyUserId(Acme, "a").Value.Version.ShouldBe(8);
    }
}
