using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Http;

/// <summary>HTTPS with TLS 1.2 and later, and nothing else (row TLS).</summary>
[Trait("Database", "Unused")]
public sealed class TransportTests(ServedPlatform served) : IClassFixture<ServedPlatform>
{
    private const byte HandshakeFailureAlert = 40;
    private const byte ProtocolVersionAlert = 70;

    private PlatformProcess Platform => served.Platform;

    [Theory]
    [InlineData((int)ClientHello.Tls10)]
    [InlineData((int)ClientHello.Tls11)]
    [Trait("Threat", "T86")]
    public async Task Handshake_OldVersion_IsRefused(int version)
    {
        var answer = await ClientHello.AnswerAsync(await Platform.ConnectAsync(), (ushort)version);

        // An alert that the version is not spoken, or no word at all.
        if (answer is not var (kind, content)) return;
        kind.ShouldBe(ClientHello.Alert);
        content[1].ShouldBe(ProtocolVersionAlert);
    }

    [Fact]
    [Trait("Threat", "T86")]
    public async Task Handshake_Tls12_IsAnswered()
    {
        // The control: the hand-made message is a good one.
        var answer = await ClientHello.AnswerAsync(await Platform.ConnectAsync(), ClientHello.Tls12);

        answer.ShouldNotBeNull().Kind.ShouldBe(ClientHello.Handshake);
    }

    /// <summary>RFC 9325 section 4.2: authenticated encryption only.</summary>
    [Fact]
    [Trait("Threat", "T86")]
    public async Task Handshake_WithCbcAlone_IsRefused()
    {
        var answer = await ClientHello.AnswerAsync(await Platform.ConnectAsync(), ClientHello.Tls12, ClientHello.WithCbc);

        if (answer is not var (kind, content)) return;
        kind.ShouldBe(ClientHello.Alert);
        content[1].ShouldBe(HandshakeFailureAlert);
    }

    /// <summary>The second connection of a client needs no certificate any more, which is most of what a server says in a handshake.</summary>
    [Fact]
    public async Task Handshake_OfTls13Again_ResumesTheSession()
    {
        var (first, again) = (await AnsweredBytesAsync(), await AnsweredBytesAsync());

        again.ShouldBeLessThan(first - 300);
    }

    [Fact]
    [Trait("Threat", "T86")]
    public async Task Handshake_ByDefault_IsTls13()
    {
        await using var stream = await Platform.ConnectSecurelyAsync();

        stream.SslProtocol.ShouldBe(SslProtocols.Tls13);
    }

    [Fact]
    [Trait("Threat", "T86")]
    public async Task PlainHttp_ToThePort_GetsNoRedirect()
    {
        await using var stream = new NetworkStream(await Platform.ConnectAsync(), ownsSocket: true);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET /v1/session HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        using var answer = new MemoryStream();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(15), TimeProvider.System);
        try
        {
            await stream.CopyToAsync(answer, timeout.Token);
        }
        catch (IOException)
        {
            // Closed with a reset: what came before counts.
        }

        var text = Encoding.Latin1.GetString(answer.ToArray());
        if (text.Length > 0) text.ShouldStartWith("HTTP/1.1 400");
        text.ShouldNotContain("Location", Case.Insensitive);
    }

    [Fact]
    [Trait("Threat", "T61"), Trait("Threat", "T86")]
    public async Task Answer_MakesBrowsersStayWithHttps()
    {
        var answer = (await Platform.SendAsync("GET", "/livez")).ShouldBe(HttpStatusCode.OK);

        answer.Headers.GetValues("Strict-Transport-Security").ShouldHaveSingleItem().ShouldContain("max-age=63072000");
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    private async Task<long> AnsweredBytesAsync()
    {
        await using var counted = new CountedStream(await Platform.ConnectAsync());
        await using var tls = new SslStream(counted);
        await tls.AuthenticateAsClientAsync(Platform.ClientOptions());
        var handshake = counted.BytesRead;

        // The ticket comes with the first answer.
        await tls.WriteAsync("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
        await tls.CopyToAsync(Stream.Null);
        return handshake;
    }

    private sealed class CountedStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        public long BytesRead { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            BytesRead += read;
            return read;
        }
    }
}
