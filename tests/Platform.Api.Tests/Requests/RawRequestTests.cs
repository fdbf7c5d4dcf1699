using System.Security.Authentication;
using System.Text;

namespace Platform.Api.Tests.Requests;

public sealed class RawRequestTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string Start = "GET /v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    private const string Post = "POST /v1/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    public static TheoryData<string, int> Bombs => new()
    {
        { Start + string.Concat(Enumerable.Range(0, 101).Select(i => $"X-{i}: 1\r\n")) + "\r\n", 431 },
        { Start + "X-Big: " + new string('x', 33 * 1024) + "\r\n\r\n", 431 },
        { Start + "Cookie: " + string.Join("; ", Enumerable.Range(0, 500).Select(i => $"c{i}={new string('v', 80)}")) + "\r\n\r\n", 431 },
        { "GET /" + new string('p', 9 * 1024) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 414 },
    };

    public static TheoryData<string> Smuggled => new(
        Post + "Content-Length: 4\r\nContent-Length: 5\r\n\r\n{}{}{}",
        Post + "Content-Length: 4\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        Post + "Content-Length: -1\r\n\r\n{}",
        Post + "Content-Length: +2\r\n\r\n{}",
        Post + "Content-Length: 0x2\r\n\r\n{}",
        Post + "Content-Length: 2, 2\r\n\r\n{}",
        Post + "Content-Length: \r\n\r\n{}",
        Post + "Content-Length: 18446744073709551618\r\n\r\n{}",
        Post + "Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n",
        Post + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFF\r\n{}\r\n0\r\n\r\n",
        "GET /v1/session HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n folded\r\n\r\n",
        "GET /v1/session HTTP/1.1\r\nHost: localhost\r\nX A: 1\r\n\r\n",
        "GET /v1/session HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        "GET /v1/session HTTP/1.1\r\n\r\n",
        "GET /v1/session\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n");

    [Theory]
    [MemberData(nameof(Bombs))]
    [Trait("Threat", "T66")]
    public async Task HeaderBomb_IsRefusedAndTheConnectionClosed(string request, int status)
    {
        var answer = await RawConnection.ExchangeAsync(host.Address, request);

        answer.ShouldStartWith($"HTTP/1.1 {status} ");
    }

    [Theory]
    [MemberData(nameof(Smuggled))]
    [Trait("Threat", "T89")]
    public async Task AmbiguousRequest_Is400AndTheConnectionClosed(string request)
    {
        var answer = await RawConnection.ExchangeAsync(host.Address, request + "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 400 ");
        answer.ShouldNotContain("live\"");
    }

    [Fact]
    [Trait("Threat", "T89")]
    public async Task ContentLengthWithChunked_IsNeverReadAsTwoRequests()
    {
        var answer = await RawConnection.ExchangeAsync(
            host.Address, Post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 400 ");
        answer.ShouldNotContain("live\"");
    }

    [Fact]
    [Trait("Threat", "T65")]
    public async Task EndlessChunks_AreCutOffWith413()
    {
        var chunk = "1000\r\n" + new string(' ', 0x1000) + "\r\n";
        var request = new StringBuilder(Post).Append("Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n").Append(string.Concat(Enumerable.Repeat(chunk, 20))).Append("0\r\n\r\n");

        var answer = await RawConnection.ExchangeAsync(host.Address, request.ToString());

        answer.ShouldStartWith("HTTP/1.1 413 ");
        answer.ShouldContain("body_too_large");
    }

    [Theory]
    [Trait("Threat", "T86")]
#pragma warning disable SYSLIB0039, CA5397, CA5398 // Old protocols, to see them refused.
    [InlineData(SslProtocols.Tls11, false)]
    [InlineData(SslProtocols.Tls, false)]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, true)]
#pragma warning restore SYSLIB0039, CA5397, CA5398
    public async Task Tls_Older_IsRefused(SslProtocols protocol, bool accepted) =>
        (await RawConnection.HandshakesAsync(host.Address, protocol)).ShouldBe(accepted);

    [Fact]
    [Trait("Threat", "T86")]
    public async Task PlainHttp_ToTheTlsPort_GetsNoAnswerAndNoRedirect()
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });

        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://127.0.0.1:{host.Address.Port}/livez")));
    }
}
