using System.Text;
using Microsoft.Extensions.Options;
using Platform.Snippets;

namespace Platform.Grains.Tests.Snippets;

/// <summary>The forger's list of row SEGREGATION: a tenant that names hosts reaches public web servers with a certificate for that name, and nothing else.</summary>
public sealed class FileProofTests : IAsyncDisposable
{
    private const string Domain = "shop.example.com";
    private const string Challenge = "4MKd1c5bqSrerwW77tqMkSo8rkwQM7DD";
    private const string FilePath = "/.well-known/platform-challenge";
    private const string Public = "93.184.216.34";

    private readonly NameServer _names = new();
    private readonly ProofSite _site = new(Domain);
    private readonly ManualTimeProvider _time = new();

    public FileProofTests() => _names.SetAddresses(Domain, Public);

    [Theory]
    [InlineData(Challenge)]
    [InlineData(Challenge + "\n")]
    [InlineData("of another tenant\r\n  " + Challenge + "  \r\n")]
    public async Task Find_FileIsThere_IsProven(string content)
    {
        _site.Put(FilePath, content);
        (await FindAsync()).ShouldBeNull();
        _site.Requests.Single().ShouldContain("Host: shop.example.com", Case.Sensitive);
    }

    [Fact]
    public async Task Find_FileIsThere_SendsNothingThatRevealsThePlatform()
    {
        _site.Put(FilePath, Challenge);
        await FindAsync();
        _site.Requests.Single().Split('\n').Select(line => line.Split(':')[0]).ShouldBe([$"GET {FilePath} HTTP/1.1", "Host"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Challenge + "x")]
    [InlineData("platform-challenge=" + Challenge)]
    public async Task Find_AnotherContent_IsNotProven(string content)
    {
        _site.Put(FilePath, content);
        (await FindAsync())!.Value.Code.ShouldBe("file_differs");
    }

    [Fact]
    public async Task Find_NoFile_SaysSo()
    {
        (await FindAsync())!.Value.Code.ShouldBe("file_not_found");
        _site.Put(FilePath, Challenge, "500 Oh");
        (await FindAsync())!.Value.Code.ShouldBe("file_not_found");
    }

    [Fact]
    public async Task Find_NoAddress_SaysSo()
    {
        _names.SetAddresses(Domain);
        (await FindAsync())!.Value.Code.ShouldBe("host_not_found");
    }

    [Fact]
    public async Task Find_FirstAddressIsDown_TriesTheNext()
    {
        _site.Put(FilePath, Challenge);
        _names.SetAddresses(Domain, Public, "93.184.216.35");
        _site.Closed.Add(Public);
        (await FindAsync()).ShouldBeNull();
    }

    [Theory, Trait("Threat", "T57")]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("2002:a00:1::")]
    [InlineData("fd00:ec2::254")]
    public async Task Find_AddressThatIsNotPublic_ConnectsToNothing(string address)
    {
        _site.Put(FilePath, Challenge);
        _names.SetAddresses(Domain, address);
        (await FindAsync())!.Value.Code.ShouldBe("address_not_public");
        _names.SetAddresses(Domain, Public, address);
        (await FindAsync())!.Value.Code.ShouldBe("address_not_public");
        _site.Connected.ShouldBeEmpty();
    }

    [Fact, Trait("Threat", "T57")]
    public async Task Find_NameThatIsRebound_GoesToTheAddressThatWasJudged()
    {
        _site.Put("/elsewhere", Challenge);
        _site.Answers[FilePath] = async (stream, cancel) =>
        {
            _names.SetAddresses(Domain, "127.0.0.1");
            await stream.WriteAsync("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), cancel);
            throw new IOException("This connection is over.");
        };
        (await FindAsync()).ShouldBeNull();
        _site.Connected.Select(address => address.ToString()).ShouldBe([Public, Public]);
        _names.CountAsked(Domain).ShouldBe(2, "each family once");
    }

    [Theory, Trait("Threat", "T57")]
    [InlineData("https://other.example.com/challenge")]
    [InlineData("https://shop.example.com.evil.com/")]
    [InlineData("//127.0.0.1/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://017700000001/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://user@shop.example.com/")]
    [InlineData("https://shop.example.com@127.0.0.1/")]
    [InlineData("https://shop.example.com:8443/")]
    [InlineData("http://shop.example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://shop.example.com/")]
    [InlineData("")]
    public async Task Find_RedirectToAnotherHostPortOrScheme_IsNotFollowed(string location)
    {
        _site.Put(FilePath, "", "302 Found", $"Location: {location}\r\n");
        (await FindAsync())!.Value.Code.ShouldBeOneOf("file_redirected", "file_unreachable");
        _site.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Find_RedirectOnTheSameHost_IsFollowedOnce()
    {
        _site.Put("/once", Challenge);
        _site.Put("/twice", "", "302 Found", "Location: /once\r\n");
        _site.Put(FilePath, "", "301 Moved Permanently", "Location: https://shop.example.com/once\r\n");
        (await FindAsync()).ShouldBeNull();
        _site.Put(FilePath, "", "301 Moved Permanently", "Location: /twice\r\n");
        (await FindAsync())!.Value.Code.ShouldBe("file_redirected");
    }

    [Fact, Trait("Threat", "T57")]
    public async Task Find_HeaderThatSmugglesLines_IsNotRead()
    {
        _site.PutRaw(FilePath, "HTTP/1.1 302 Found\r\nLocation: /once\nHost: other\r\nContent-Length: 0\r\n\r\n");
        (await FindAsync()).ShouldNotBeNull();
        _site.Requests.ShouldAllBe(request => !request.Contains("other", StringComparison.Ordinal));
    }

    [Fact, Trait("Threat", "T57")]
    public async Task Find_HugeAnswer_IsNotReadToItsEnd()
    {
        _site.Put(FilePath, Challenge + "\n" + new string(' ', 64 * 1024 - Challenge.Length - 1));
        (await FindAsync()).ShouldBeNull();
        _site.Put(FilePath, Challenge + "\n" + new string(' ', 64 * 1024));
        (await FindAsync())!.Value.Code.ShouldBe("file_differs");
        _site.PutRaw(FilePath, $"HTTP/1.1 200 OK\r\nX: {new string('x', 64 * 1024)}\r\nContent-Length: 0\r\n\r\n");
        (await FindAsync())!.Value.Code.ShouldBe("file_unreachable");
    }

    [Fact, Trait("Threat", "T57")]
    public async Task Find_EndlessAnswer_EndsAtItsBound()
    {
        var sent = 0L;
        _site.Answers[FilePath] = async (stream, cancel) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n{Challenge}\n{new string(' ', 1024 - Challenge.Length - 1)}\r\n"), cancel);
            for (; ; sent += 1024) await stream.WriteAsync(Encoding.ASCII.GetBytes($"400\r\n{new string('x', 1024)}\r\n"), cancel);
        };
        (await FindAsync())!.Value.Code.ShouldBe("file_differs");
        Interlocked.Read(ref sent).ShouldBeLessThan(8 * 1024 * 1024, "what buffers on the way held, and no more");
    }

    [Fact, Trait("Threat", "T57")]
    public async Task Find_AnswerThatDoesNotCome_IsGivenUp()
    {
        _site.Answers[FilePath] = (_, cancel) => new TaskCompletionSource().Task.WaitAsync(cancel);
        var finding = FindAsync();
        await _site.Asked.Task;
        finding.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(5));
        (await finding)!.Value.Code.ShouldBe("file_unreachable");
    }

    [Theory, Trait("Threat", "T57")]
    [InlineData("other.example.com", true)]
    [InlineData(Domain, false)]
    public async Task Find_CertificateOfAnotherHostOrAuthority_IsRefused(string host, bool trusted)
    {
        await using var forger = new ProofSite(host, trusted);
        forger.Put(FilePath, Challenge);
        (await FindAsync(forger))!.Value.Code.ShouldBe("file_unreachable");
        forger.Requests.ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        await _names.DisposeAsync();
        await _site.DisposeAsync();
    }

    private Task<(string Code, string Detail)?> FindAsync(ProofSite? site = null) =>
        new FileProof(new DomainResolver(Options.Create(new SnippetOptions { NameServers = [_names.Address] })), site ?? _site, _time)
            .FindAsync(Domain, Challenge, TestContext.Current.CancellationToken);
}
