using System.CommandLine;
using System.Net.Quic;
using Platform.Benchmarks;
using Platform.Benchmarks.Load;

namespace Platform.Benchmarks.Tests.Load;

/// <summary>What <c>./run load</c> understands, and what it says of the rest.</summary>
public sealed class LoadOptionsTests
{
    [Fact]
    public void Read_WithoutOptions_StartsAPlatformAndIsBounded()
    {
        var options = Read();
        options.Urls.ShouldBeEmpty();
        (options.Rate, options.Closed, options.Duration, options.Sessions, options.Output).ShouldBe((1_000, false, TimeSpan.FromSeconds(30), 2_000, null));
        options.Versions.ShouldBe([new Version(1, 1)]);
        options.Lanes(new Version(1, 1)).ShouldBe((64, 1));
        options.Lanes(new Version(2, 0)).ShouldBe((8, 100));
    }

    [Fact]
    public void Read_OfPlatformsThatRun_TakesSeveralHostsAndUsers()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "acme alice first secret\nacme bob second\n");
            var options = Read("--url", "https://localhost:8443", "--url", "https://127.0.0.1:8444", "--users", file, "--http", "1.1,2", "--closed", "--streams", "4", "--snippet", "snp_1", "--origin", "https://a.test");
            options.Urls.Select(url => url.Port).ShouldBe([8443, 8444]);
            options.Users.Select(user => (user.ToString(), user.Password)).ShouldBe([("acme/alice", "first secret"), ("acme/bob", "second")]);
            options.Sessions.ShouldBe(2);
            options.Page.ShouldBe(new LoadPage("snp_1", "https://a.test"));
            options.Lanes(new Version(2, 0)).ShouldBe((8, 4));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("--rate is from 1 to 100000.", "--rate", "0")]
    [InlineData("--rate is from 1 to 100000.", "--rate", "100001")]
    [InlineData("--duration is from 00:00:01 to 01:00:00.", "--duration", "00:00:00")]
    [InlineData("--sessions is from 1 to 100000.", "--sessions", "0")]
    public void Parse_OutsideBounds_SaysTheBounds(string message, params string[] arguments) => Parse(arguments).Errors.ShouldHaveSingleItem().Message.ShouldBe(message);

    [Theory]
    [InlineData("--mix: the parts are percentages and must sum to 100; these sum to 99.5.", "--mix", "peek=90,touch=9.5")]
    [InlineData("--mix: there is no call 'peak'. Did you mean peek? There are validate, peek, touch, sign-in, introspect, page-peek.", "--mix", "peak=100")]
    [InlineData("--mix: there is no call 'sign-out'. There are validate, peek, touch, sign-in, introspect, page-peek.", "--mix", "sign-out=100")]
    [InlineData("--mix: 'peek' is no part such as peek=90.", "--mix", "peek")]
    [InlineData("--mix names peek twice.", "--mix", "peek=50,peek=50")]
    [InlineData("--mix: peek=0 must be a percentage above 0 and up to 100, with at most three decimals.", "--mix", "peek=0,touch=100")]
    [InlineData("--mix: peek=1e2 must be a percentage above 0 and up to 100, with at most three decimals.", "--mix", "peek=1e2")]
    [InlineData("--http takes 1.1, 2 and 3, such as --http 1.1,2, not 'both'.", "--http", "both")]
    [InlineData("--http names a version twice.", "--http", "2,2")]
    [InlineData("A closed loop has no rate: leave out --rate or --closed.", "--closed", "--rate", "5")]
    [InlineData("--streams is for HTTP/2 and 3: over HTTP/1.1 a connection has one request at a time.", "--streams", "5")]
    [InlineData("--tokens is for a platform that runs: say where with --url.", "--tokens", "file")]
    [InlineData("--url must be https://host[:port], without path or user, not 'http://localhost'.", "--url", "http://localhost", "--tokens", "file")]
    [InlineData("Say who signs in with --user or --users, or give tokens with --tokens.", "--url", "https://localhost")]
    [InlineData("sign-in and page-peek need somebody who signs in: --user or --users.", "--url", "https://localhost", "--tokens", "file", "--mix", "sign-in=100")]
    [InlineData("page-peek needs a page: --snippet and --origin.", "--url", "https://localhost", "--users", "", "--mix", "page-peek=100")]
    [InlineData("--snippet and --origin belong together.", "--url", "https://localhost", "--tokens", "file", "--snippet", "snp_1")]
    [InlineData("--user must be tenant/name, not 'alice'.", "--url", "https://localhost", "--user", "alice")]
    public void Read_WhatMakesNoSense_SaysWhy(string message, params string[] arguments)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "acme alice secret\n");
            Should.Throw<UsageException>(() => Read([.. arguments.Select(argument => argument.Length == 0 ? file : argument)])).Message.ShouldBe(message);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Read_Http3_IsRefusedWhereThereIsNoQuic()
    {
        if (QuicConnection.IsSupported) Read("--http", "3").Versions.ShouldBe([new Version(3, 0)]);
        else Should.Throw<UsageException>(() => Read("--http", "3")).Message.ShouldStartWith("HTTP/3 needs QUIC, and this machine has none");
    }

    [Theory]
    [InlineData("--ratee", "Unrecognized command or argument '--ratee'. Did you mean --rate?")]
    [InlineData("--conections", "Unrecognized command or argument '--conections'. Did you mean --connections?")]
    [InlineData("--frobnicate", "Unrecognized command or argument '--frobnicate'.")]
    public void Explain_UnknownOption_NamesTheNearest(string option, string message)
    {
        var line = Parse(option);
        Commands.Explain(line, line.Errors[0]).ShouldBe(message);
    }

    [Fact]
    public void Pick_AnyDraw_KeepsTheProportion()
    {
        var mix = LoadMix.Parse("peek=90,touch=9.5,sign-in=0.5");
        const int Draws = 200_000;
        var picked = Enumerable.Range(0, Draws).Select(i => mix.Pick((uint)(i * (uint.MaxValue / (double)Draws)))).CountBy(call => call.Name).ToDictionary();
        picked["peek"].ShouldBeInRange(179_998, 180_002);
        picked["touch"].ShouldBeInRange(18_998, 19_002);
        picked["sign-in"].ShouldBeInRange(998, 1_002);
        mix.Pick(uint.MaxValue).ShouldBe(LoadCall.SignIn);
    }

    private static LoadOptions Read(params string[] arguments)
    {
        var line = Parse(arguments);
        line.Errors.ShouldBeEmpty();
        return LoadOptions.Read(line);
    }

    private static ParseResult Parse(params string[] arguments) => Commands.Create("load", "", LoadOptions.All, (_, _) => Task.FromResult(0)).Parse(arguments);
}
