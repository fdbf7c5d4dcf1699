using FsCheck;
using FsCheck.Fluent;
using Platform.Text;

namespace Platform.Grains.Tests.Text;

public sealed class UsernamesTests
{
    [Theory, Trait("Threat", "T12")]
    [InlineData("admin", "admin")]
    [InlineData("ADMIN", "admin")]
    [InlineData("ＡＤＭＩＮ", "admin")]
    [InlineData("Jos\u0065\u0301", "jos\u00e9")]
    [InlineData("a.b+c@example.com", "a.b+c@example.com")]
    [InlineData("山田taro", "山田taro")]
    [InlineData("ΝΊΚΟΣ", "νίκοσ")]
    [InlineData("νίκος", "νίκοσ")]
    [InlineData("STRAẞE", "straße")]
    [InlineData("\u0131", "\u0131")]
    public void TryNormalise_WellFormed_GivesTheComparedForm(string name, string expected)
    {
        Usernames.TryNormalise(name, out var normalised).ShouldBeTrue();
        normalised.ShouldBe(expected);
    }

    [Theory, Trait("Threat", "T12")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a b")]
    [InlineData("a\u200bdmin")]
    [InlineData("\u0430dmin")]
    [InlineData("admin\u202e")]
    [InlineData("a\0b")]
    [InlineData("a\u00a0b")]
    [InlineData("admin\ue000")]
    [InlineData("αdmin")]
    public void TryNormalise_DeceptiveOrInvisible_IsRefused(string name) => Usernames.TryNormalise(name, out _).ShouldBeFalse();

    [Fact, Trait("Threat", "T12")]
    public void TryNormalise_LoneSurrogate_IsRefused()
    {
        Usernames.TryNormalise("a" + (char)0xD800, out _).ShouldBeFalse();
        Usernames.TryNormalise((char)0xDC00 + "a", out _).ShouldBeFalse();
    }

    [Fact]
    public void TryNormalise_Length_IsBoundedAfterFolding()
    {
        Usernames.TryNormalise(new string('a', 64), out _).ShouldBeTrue();
        Usernames.TryNormalise(new string('a', 65), out _).ShouldBeFalse();
        Usernames.TryNormalise(new string('ﷺ', 64), out _).ShouldBeFalse();
        Usernames.TryNormalise(null, out _).ShouldBeFalse();
    }

    [Fact, Trait("Threat", "T12")]
    public void TryNormalise_AnyText_IsIdempotent() => Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
    {
        if (!Usernames.TryNormalise(text, out var once)) return true;
        return Usernames.TryNormalise(once, out var twice) && once == twice;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
}
