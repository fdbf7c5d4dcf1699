using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Options;
using Platform.Snippets;

namespace Platform.Grains.Tests.Snippets;

public sealed class SnippetDomainsTests
{
    private static readonly SnippetDomains InDevelopment = Domains("development");
    private static readonly SnippetDomains InProduction = Domains("production");

    [Theory]
    [InlineData("www.example.com", "www.example.com")]
    [InlineData("WWW.Example.COM", "www.example.com")]
    [InlineData("münchen.de", "xn--mnchen-3ya.de")]
    [InlineData("MÜNCHEN.de", "xn--mnchen-3ya.de")]
    [InlineData("xn--mnchen-3ya.de", "xn--mnchen-3ya.de")]
    [InlineData("ｅｘａｍｐｌｅ．com", "example.com")]
    [InlineData("*.example.com", "*.example.com")]
    [InlineData("a-b.example.co.uk", "a-b.example.co.uk")]
    public void TryRead_HostName_IsAsBrowsersWriteIt(string text, string expected)
    {
        InProduction.TryRead(text, out var domain, out var fault).ShouldBeTrue(fault);
        domain.ShouldBe(expected);
    }

    [Theory, Trait("Threat", "T54")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("localhost")]
    [InlineData("printer.local")]
    [InlineData("metadata.google.internal")]
    [InlineData("com")]
    [InlineData("co.uk")]
    [InlineData("github.io")]
    [InlineData("*.com")]
    [InlineData("*.*.example.com")]
    [InlineData("www.*.example.com")]
    [InlineData("https://example.com")]
    [InlineData("example.com/")]
    [InlineData("user@example.com")]
    [InlineData("user:secret@example.com")]
    [InlineData("example.com:443")]
    [InlineData("example.com:8443")]
    [InlineData("example.com.")]
    [InlineData("example..com")]
    [InlineData("-a.example.com")]
    [InlineData("a-.example.com")]
    [InlineData("a_b.example.com")]
    [InlineData("exa mple.com")]
    [InlineData("example.com\r\nHost: other.com")]
    [InlineData("example.com%0d%0a")]
    [InlineData("example.com\0.other.com")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("0x7f000001")]
    [InlineData("0177.0.0.1")]
    [InlineData("017700000001")]
    [InlineData("2130706433")]
    [InlineData("example.0x1")]
    [InlineData("[::1]")]
    [InlineData("::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("fe80::1%eth0")]
    [InlineData("１２７.０.０.１")]
    [InlineData("169。254。169。254")]
    public void TryRead_WhatASnippetCannotWorkOn_IsRefusedWithTheReason(string text)
    {
        InProduction.TryRead(text, out _, out var fault).ShouldBeFalse();
        fault.ShouldEndWith(".");
    }

    [Fact]
    public void TryRead_LabelsAndNamesAboveTheirLength_AreRefused()
    {
        InProduction.TryRead(new string('a', 63) + ".com", out _, out _).ShouldBeTrue();
        InProduction.TryRead(new string('a', 64) + ".com", out _, out _).ShouldBeFalse();
        var long247 = string.Join('.', Enumerable.Repeat(new string('a', 61), 4));
        InProduction.TryRead(long247 + ".co.uk", out _, out _).ShouldBeTrue();
        InProduction.TryRead(long247 + ".museum", out _, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("localhost:9444")]
    [InlineData("shop.localhost")]
    [InlineData("a.test:1")]
    public void TryRead_SiteOfADevelopersOwnMachine_IsTakenWhereTheyAreAllowedOnly(string text)
    {
        InDevelopment.TryRead(text, out var domain, out _).ShouldBeTrue();
        InDevelopment.IsLocal(domain).ShouldBeTrue();
        InProduction.IsLocal(domain).ShouldBeFalse();
        if (text.Contains(':', StringComparison.Ordinal)) InProduction.TryRead(text, out _, out _).ShouldBeFalse();
        Domains("staging", allowLocalSites: true).TryRead(text, out _, out _).ShouldBeTrue();
        Domains("development", allowLocalSites: false).IsLocal(domain).ShouldBeFalse();
    }

    [Theory]
    [InlineData("localhost:0")]
    [InlineData("localhost:443")]
    [InlineData("localhost:09444")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:99999999999")]
    [InlineData("localhost:")]
    [InlineData("localhost:9444:9444")]
    [InlineData("localhost:+1")]
    [InlineData("localhost: 1")]
    [InlineData("test.example.com:9444")]
    [InlineData("localhost.example.com:9444")]
    public void TryRead_PortThatIsNone_IsRefused(string text) => InDevelopment.TryRead(text, out _, out _).ShouldBeFalse();

    /// <summary>What is stored is read again at each change, and compared with what browsers say.</summary>
    [Fact]
    public void TryRead_WhateverText_GivesAFormThatStaysAsItIs() => Check.QuickThrowOnFailure(Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<string>>().Generator.Select(text => text.Get)
            .Zip(Gen.Elements("", ".com", ".example.com", "ü.de", ":80", "*."), (text, end) => text + end).ToArbitrary(),
        text => !InDevelopment.TryRead(text, out var domain, out _)
            || (InDevelopment.TryRead(domain, out var again, out _) && again == domain && !domain.Any(char.IsAsciiLetterUpper) && System.Text.Ascii.IsValid(domain))));

    private static SnippetDomains Domains(string environment, bool? allowLocalSites = null) =>
        new(Options.Create(new SnippetOptions { AllowLocalSites = allowLocalSites }), Options.Create(new PlatformOptions { Environment = environment }));
}
