using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Platform.SecondFactors;
using Base32Encoding = OtpNet.Base32Encoding;
using OtpHashMode = OtpNet.OtpHashMode;

namespace Platform.Grains.Tests.SecondFactors;

public sealed class TotpTests
{
    private static readonly byte[] Key = "12345678901234567890"u8.ToArray();
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 10, TimeSpan.Zero);

    /// <summary>RFC 4226, appendix D.</summary>
    [Fact]
    public void Hotp_VectorsOfRfc4226_Match()
    {
        string[] expected = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        for (var counter = 0; counter < expected.Length; counter++) Totp.Hotp(Key, counter).ShouldBe(expected[counter]);
    }

    /// <summary>RFC 6238, appendix B: the key repeated to the size of the hash.</summary>
    [Theory, Trait("Threat", "T16")]
    [InlineData(59, "94287082", "46119246", "90693936")]
    [InlineData(1111111109, "07081804", "68084774", "25091201")]
    [InlineData(1111111111, "14050471", "67062674", "99943326")]
    [InlineData(1234567890, "89005924", "91819424", "93441116")]
    [InlineData(2000000000, "69279037", "90698825", "38618901")]
    [InlineData(20000000000, "65353130", "77737706", "47863826")]
    public void Totp_VectorsOfRfc6238_Match(long seconds, string sha1, string sha256, string sha512)
    {
        var step = Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds));
        Totp.Hotp(KeyOf(20), step, 8).ShouldBe(sha1);
        Totp.Hotp(KeyOf(32), step, 8, OtpHashMode.Sha256).ShouldBe(sha256);
        Totp.Hotp(KeyOf(64), step, 8, OtpHashMode.Sha512).ShouldBe(sha512);
    }

    [Fact, Trait("Threat", "T16")]
    public void FindStep_OneStepEitherWay_IsAcceptedAndNoMore()
    {
        var step = Totp.StepAt(Now);
        Totp.FindStep(Key, Totp.Hotp(Key, step - 2), Now, 0).ShouldBeNull();
        Totp.FindStep(Key, Totp.Hotp(Key, step - 1), Now, 0).ShouldBe(step - 1);
        Totp.FindStep(Key, Totp.Hotp(Key, step), Now, 0).ShouldBe(step);
        Totp.FindStep(Key, Totp.Hotp(Key, step + 1), Now, 0).ShouldBe(step + 1);
        Totp.FindStep(Key, Totp.Hotp(Key, step + 2), Now, 0).ShouldBeNull();
    }

    /// <summary>As apps show it, and as it is pasted.</summary>
    [Theory]
    [InlineData("{0} {1}")]
    [InlineData("{0}-{1}\r\n")]
    [InlineData("\t{0}\u00A0{1} ")]
    public void FindStep_ACodeInGroups_IsThatCode(string form)
    {
        var step = Now.ToUnixTimeSeconds() / 30;
        var code = Totp.Hotp(Key, step);
        Totp.FindStep(Key, string.Format(System.Globalization.CultureInfo.InvariantCulture, form, code[..3], code[3..]), Now, 0).ShouldBe(step);
    }

    [Theory, Trait("Threat", "T18")]
    [InlineData("")]
    [InlineData("12345")]
    [InlineData("1234567")]
    [InlineData(" 12345")]
    [InlineData("+12345")]
    [InlineData("12345\0")]
    [InlineData("１２３４５６")]
    [InlineData("١٢٣٤٥٦")]
    public void FindStep_WhateverIsNotSixAsciiDigits_IsRefused(string code) => Totp.FindStep(Key, code, Now, 0).ShouldBeNull();

    /// <summary>Whatever is typed whenever: accepted steps strictly increase, no code is accepted a second time, and none that is not the code of a step next to now.</summary>
    [Fact, Trait("Threat", "T14"), Trait("Threat", "T15")]
    public void FindStep_AnySequence_AcceptsStrictlyIncreasingStepsNextToNow()
    {
        var tries = Gen.ListOf(Gen.Zip(Gen.Choose(0, 45), Gen.Choose(-4, 4)));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(60), Prop.ForAll(Arb.From(tries), sequence =>
        {
            var (now, last) = (Now, 0L);
            foreach (var (pause, offset) in sequence)
            {
                now = now.AddSeconds(pause);
                var typed = Totp.StepAt(now) + offset;
                var found = Totp.FindStep(Key, Totp.Hotp(Key, typed), now, last);
                found.ShouldBe(Math.Abs(offset) <= 1 && typed > last ? typed : null);
                last = found ?? last;
            }
        }));
    }

    [Fact]
    public void FindStep_TwoStepsWithOneCode_UsesTheLaterOneUp()
    {
        // The first for which two neighbours have the same six digits under this key.
        const int step = 910_737;
        Totp.Hotp(Key, step).ShouldBe(Totp.Hotp(Key, step + 1));
        var now = DateTimeOffset.FromUnixTimeSeconds((step + 1L) * Totp.StepSeconds);
        Totp.FindStep(Key, Totp.Hotp(Key, step), now, 0).ShouldBe(step + 1);
    }

    [Fact]
    public void Uri_NameWithColonAndSpace_IsReadBackByAnAuthenticator()
    {
        var app = new Authenticator(Totp.Uri("Acme: Café & Co", "bob@acme.example", Base32Encoding.ToString(Key)));
        app.Issuer.ShouldBe("Acme  Café & Co");
        app.Account.ShouldBe("bob@acme.example");
        app.SecretBits.ShouldBe(160);
        app.CodeAt(Now).ShouldBe(Totp.Hotp(Key, Totp.StepAt(Now)));
    }

    [Fact]
    public void Uri_UserNameWithAColon_HasOneColonInItsLabel()
    {
        var app = new Authenticator(Totp.Uri("Acme", "a:b", Base32Encoding.ToString(Key)));
        (app.Issuer, app.Account).ShouldBe(("Acme", "a b"));
    }

    /// <summary>RFC 4648, section 10; those without padding.</summary>
    [Fact]
    public void Base32_VectorsOfRfc4648_Match()
    {
        Base32Encoding.ToString("fooba"u8.ToArray()).ShouldBe("MZXW6YTB");
        Base32Encoding.ToString(Key).ShouldNotContain('=');
    }

    private static byte[] KeyOf(int size) => [.. Enumerable.Range(0, size).Select(i => Encoding.ASCII.GetBytes("1234567890")[i % 10])];
}
