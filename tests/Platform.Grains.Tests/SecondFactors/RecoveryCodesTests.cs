using Platform.SecondFactors;

namespace Platform.Grains.Tests.SecondFactors;

[Trait("Threat", "T21")]
public sealed class RecoveryCodesTests
{
    [Fact]
    public void Create_TenCodes_AreOf120RandomBitsInFourGroups()
    {
        var codes = RecoveryCodes.Create();
        codes.Length.ShouldBe(10);
        codes.ShouldBeUnique();
        codes.ShouldAllBe(code => System.Text.RegularExpressions.Regex.IsMatch(code, "^([A-Z2-7]{6}-){3}[A-Z2-7]{6}$", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Use_EachCode_IsGoodOnceInAnyCaseAndWithoutHyphens()
    {
        var codes = RecoveryCodes.Create();
        var hashes = RecoveryCodes.Hash(codes);
        hashes.ShouldAllBe(hash => !codes.Any(code => hash.Contains(code)));
        for (var i = 0; i < codes.Length; i++)
        {
            var left = RecoveryCodes.Use(hashes, i % 2 == 0 ? codes[i] : codes[i].Replace("-", "").ToLowerInvariant()).ShouldNotBeNull();
            left.Length.ShouldBe(9 - i);
            RecoveryCodes.Use(left, codes[i]).ShouldBeNull();
            hashes = left;
        }
    }

    [Theory]
    [InlineData(" ", "-")]
    [InlineData("\u00A0", "\u2011")]
    [InlineData("\n", " ")]
    public void Use_ACodeWithBlanksAndOtherHyphens_IsThatCode(string around, string between)
    {
        var codes = RecoveryCodes.Create();
        RecoveryCodes.Use(RecoveryCodes.Hash(codes), around + codes[3].Replace("-", between, StringComparison.Ordinal) + around).ShouldNotBeNull();
    }

    [Fact]
    public void Use_WhateverIsNoCode_IsRefused()
    {
        var hashes = RecoveryCodes.Hash(RecoveryCodes.Create());
        foreach (var code in new[] { "", "-", "123456", RecoveryCodes.Create()[0], new string('A', 24), new string('A', 60_000), "ＡＡＡＡＡＡ-AAAAAA-AAAAAA-AAAAAA" }) RecoveryCodes.Use(hashes, code).ShouldBeNull();
    }
}
