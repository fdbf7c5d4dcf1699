using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Platform.Security;
using Platform.Text;
using Platform.Users;

namespace Platform.Grains.Tests.Text;

public sealed class NamesTests
{
    /// <summary>Each prints as nothing, cannot be normalised, or is not for interchange.</summary>
    public static TheoryData<int> Hidden => new(
        0x0000, 0x0007, 0x000A, 0x0085, 0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180E, 0x180F, 0x200B, 0x200D, 0x202E, 0x2028, 0x2029, 0x2060, 0x2065, 0x2066,
        0x206F, 0x3164, 0xFDD0, 0xFDEF, 0xFE00, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0, 0xFFF9, 0xFFFE, 0xFFFF, 0x1BCA0, 0x1D173, 0x1FFFE, 0x10FFFF, 0xE0001, 0xE0041, 0xE007F, 0xE0100, 0xE0FFF);

    [Theory, Trait("Threat", "T12")]
    [MemberData(nameof(Hidden))]
    public void Name_WithAHiddenCharacter_IsRefusedWhereverNamesAreChecked(int codePoint)
    {
        var name = "alice" + new Rune(codePoint);

        Names.IsVisible(name).ShouldBeFalse();
        Usernames.TryNormalise(name, out _).ShouldBeFalse();
        EmailAddresses.IsValid(name + "@example.com").ShouldBeFalse();
    }

    [Theory]
    [InlineData('\uD800')]
    [InlineData('\uDFFF')]
    public void Name_WithHalfASurrogatePair_IsRefused(char half)
    {
        Names.IsVisible("alice" + half).ShouldBeFalse();
        Names.IsReadable("alice" + half, 100).ShouldBeFalse();
        Usernames.TryNormalise(half + "alice", out _).ShouldBeFalse();
        EmailAddresses.IsValid(half + "alice@example.com").ShouldBeFalse();
    }

    /// <summary>64 octets before the at sign (RFC 5321), and a domain that DNS can hold.</summary>
    [Theory]
    [InlineData("alice@example.com", true)]
    [InlineData("zoë@bücher.example", true)]
    [InlineData("o'neill+list@mail.example.com", true)]
    [InlineData("64:@example.com", true)]
    [InlineData("65:@example.com", false)]
    [InlineData("é33:@example.com", false)]
    [InlineData("alice@64:.example", false)]
    [InlineData("alice@-example.com", false)]
    [InlineData("alice@exa_mple.com", false)]
    [InlineData("alice@example..com", false)]
    [InlineData("alice@[192.0.2.1]", false)]
    [InlineData("Alice <alice@example.com>", false)]
    public void EmailAddress_ByItsPartsAndTheirLengths_IsTakenOrNot(string email, bool taken)
    {
        var filled = email.Replace("é33:", new string('é', 33), StringComparison.Ordinal).Replace("64:", new string('a', 64), StringComparison.Ordinal).Replace("65:", new string('a', 65), StringComparison.Ordinal);
        EmailAddresses.IsValid(filled).ShouldBe(taken, filled);
    }

    [Theory]
    [InlineData("Åkerlund & Söhne")]
    [InlineData("株式会社")]
    [InlineData("שלום")]
    [InlineData("Αθήνα")]
    [InlineData("😀 Smile")]
    public void IsVisible_NameInAnyScript_IsAllowed(string name) => Names.IsVisible(name).ShouldBeTrue();

    [Theory]
    [InlineData("Two lines\r\n\tand a tab", true)]
    [InlineData("👩‍👩‍👧 ❤️", true)]
    [InlineData("a\0b", false)]
    [InlineData("a\u001bb", false)]
    [InlineData("a\uFFFEb", false)]
    [InlineData("a\uFDD0b", false)]
    [InlineData(" \n", false)]
    public void IsReadable_Text_MayHaveLinesButNoControlCharacters(string text, bool expected) => Names.IsReadable(text, 100).ShouldBe(expected);

    /// <summary>The check of any text ends with an answer; nothing in the platform normalises by another way.</summary>
    [Fact]
    public void Checks_OfAnyCodeUnits_NeverThrow() => Prop.ForAll(Units, units =>
    {
        var text = new string([.. units.Select(unit => (char)unit)]);
        _ = (Names.IsVisible(text), Names.IsReadable(text, 100), EmailAddresses.IsValid(text), EmailAddresses.IsValid(text + "@" + text), Usernames.TryNormalise(text, out _));
        _ = (PasswordPolicy.Normalise(text), PasswordPolicy.Check(text, text, ""));
        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    private static Arbitrary<int[]> Units { get; } = Gen.OneOf(
        Gen.Choose(0, 0xFFFF), Gen.Choose(0xD7F0, 0xE010), Gen.Choose(0xFDC0, 0xFDFF), Gen.Choose(0xFFF0, 0xFFFF), Gen.Choose(0x20, 0x7E)).ArrayOf().ToArbitrary();
}
