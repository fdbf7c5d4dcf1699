using Microsoft.Extensions.Options;
using Platform.Snippets;

namespace Platform.Grains.Tests.Snippets;

public sealed class TxtProofTests : IAsyncDisposable
{
    private const string Domain = "shop.example.com";
    private const string Challenge = "4MKd1c5bqSrerwW77tqMkSo8rkwQM7DD";
    private const string Name = "_platform-challenge." + Domain;
    private const string Value = "platform-challenge=" + Challenge;

    private readonly NameServer _names = new();

    [Fact]
    public async Task Find_RecordIsThere_IsProven()
    {
        _names.SetTxt(Name, Value);
        (await FindAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Find_OneOfSeveralRecordsInSeveralStrings_IsProven()
    {
        _names.SetTxt(Name, "v=spf1 -all", "platform-challenge=of|another", "platform-|challenge=|" + Challenge);
        (await FindAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Find_AnswerDoesNotFitIntoADatagram_IsAskedOverTcp()
    {
        _names.Truncates = true;
        _names.SetTxt(Name, [.. Enumerable.Range(0, 40).Select(i => $"record-{i}-{new string('x', 100)}"), Value]);
        (await FindAsync()).ShouldBeNull();
    }

    [Theory, Trait("Threat", "T58")]
    [InlineData("platform-challenge=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("4MKd1c5bqSrerwW77tqMkSo8rkwQM7DD")]
    [InlineData("platform-challenge=4MKd1c5bqSrerwW77tqMkSo8rkwQM7DD ")]
    [InlineData("PLATFORM-CHALLENGE=4MKd1c5bqSrerwW77tqMkSo8rkwQM7DD")]
    [InlineData("")]
    public async Task Find_AnotherText_IsNotProven(string text)
    {
        _names.SetTxt(Name, text);
        (await FindAsync())!.Value.Code.ShouldBe("txt_differs");
    }

    [Fact]
    public async Task Find_NoRecordOrNoName_SaysSo()
    {
        (await FindAsync())!.Value.Code.ShouldBe("txt_not_found");
        _names.SetTxt(Name);
        (await FindAsync())!.Value.Code.ShouldBe("txt_not_found");
        _names.SetTxt(Domain, Value);
        (await FindAsync())!.Value.Code.ShouldBe("txt_not_found");
    }

    [Fact]
    public async Task Find_NameServerFailsOrIsAway_AreDifferentFindings()
    {
        _names.Fails = true;
        (await FindAsync())!.Value.Code.ShouldBe("txt_unreachable");
        await _names.DisposeAsync();
        (await FindAsync())!.Value.Code.ShouldBe("txt_unreachable");
    }

    [Fact]
    public async Task Find_RecordThatWentAway_IsNotRemembered()
    {
        _names.SetTxt(Name, Value);
        (await FindAsync()).ShouldBeNull();
        _names.SetTxt(Name);
        (await FindAsync()).ShouldNotBeNull();
    }

    public ValueTask DisposeAsync() => _names.DisposeAsync();

    private Task<(string Code, string Detail)?> FindAsync() =>
        new TxtProof(new DomainResolver(Options.Create(new SnippetOptions { NameServers = [_names.Address] }))).FindAsync(Domain, Challenge, TestContext.Current.CancellationToken);
}
