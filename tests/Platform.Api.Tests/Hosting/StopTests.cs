using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Platform.Api.Tests.Hosting;

public sealed class StopTests
{
    private const string EndlessRequest =
        "POST /v1/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n";

    [Fact]
    [Trait("Fault", "F2")]
    [Trait("Threat", "T67")]
    public async Task Stop_WithARequestThatDoesNotEnd_StillWritesWhatIsToBeWritten()
    {
        await using var host = await new PlatformHost("--Platform:Limits:ShutdownTimeout=00:00:00.5").StartedAsync();
        var owner = await host.NewTenantAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Address.Port);
        await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("localhost");
        await tls.WriteAsync(Encoding.ASCII.GetBytes(EndlessRequest));
        // The server asks for the body when the platform reads it, and will not get it.
        (await new StreamReader(tls, Encoding.ASCII).ReadLineAsync()).ShouldBe("HTTP/1.1 100 Continue");
        host.Time.Advance(TimeSpan.FromSeconds(1));
        var touched = (await host.TouchAsync(owner.Token)).ShouldBe(HttpStatusCode.OK).String("lastActivityAt");

        await host.RestartAsync();

        (await host.PeekAsync(owner.Token)).ShouldBe(HttpStatusCode.OK).String("lastActivityAt").ShouldBe(touched);
        host.Logs.Text.ShouldNotContain("could not be saved");
    }
}
