using System.Buffers.Binary;
using System.Diagnostics.Metrics;
using System.Net.Security;
using System.Net.Sockets;
using Platform.Api.Hosting;

namespace Platform.Api.Tests.Hosting;

public sealed class ResetFloodTests
{
    private const byte HeadersFrame = 1;
    private const byte ResetFrame = 3;
    private const byte SettingsFrame = 4;
    private const byte GoAwayFrame = 7;
    private const byte EndHeaders = 4;
    private const int Resets = 10_000;

    /// <summary>HPACK: indexed :method POST, :scheme https, :path /, and :authority localhost as a literal.</summary>
    private static readonly byte[] Headers = [0x83, 0x87, 0x84, 0x01, 9, .. "localhost"u8];

    [Fact]
    [Trait("Threat", "T68")]
    public async Task OneConnection_TenThousandResets_IsSentAwayAndOthersAreServed()
    {
        await using var host = await new PlatformHost().StartedAsync();
        using var connections = new OpenConnections(host);
        var owner = await host.NewTenantAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Address.Port);
        await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", ApplicationProtocols = [SslApplicationProtocol.Http2] });
        tls.NegotiatedApplicationProtocol.ShouldBe(SslApplicationProtocol.Http2);
        await tls.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await tls.WriteAsync(Frame(SettingsFrame, 0, 0, []));

        var flooding = FloodAsync(tls);
        await IsSentAwayAsync(tls);
        await flooding;

        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        host.Client.Dispose();
        client.Close();
        await connections.AreGoneAsync();
    }

    /// <summary>Writes until all is written or the server has cut the connection.</summary>
    private static async Task FloodAsync(SslStream tls)
    {
        try
        {
            for (var i = 0; i < Resets; i++)
            {
                var stream = (2 * i) + 1;
                await tls.WriteAsync((byte[])[.. Frame(HeadersFrame, EndHeaders, stream, Headers), .. Frame(ResetFrame, 0, stream, [0, 0, 0, 8])]);
            }
        }
        catch (IOException)
        {
            // Cut: what the test is about.
        }
    }

    /// <summary>Returns once the server says GOAWAY or has cut the connection; a server that does neither cancels the wait, which fails the test.</summary>
    private static async Task IsSentAwayAsync(SslStream tls)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var head = new byte[9];
        try
        {
            do
            {
                await tls.ReadExactlyAsync(head, timeout.Token);
                var length = (head[0] << 16) | (head[1] << 8) | head[2];
                await tls.ReadExactlyAsync(new byte[length], timeout.Token);
            }
            while (head[3] != GoAwayFrame);
        }
        catch (IOException)
        {
            // Cut without a word.
        }
    }

    /// <summary>As the server counts them.</summary>
    private sealed class OpenConnections : IDisposable
    {
        private readonly SemaphoreSlim _changed = new(0);
        private readonly MeterListener _listener = new();
        private long _open;

        public OpenConnections(PlatformHost host)
        {
            var meters = host.Service<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "kestrel.active_connections" && ReferenceEquals(instrument.Meter.Scope, meters)) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, change, _, _) =>
            {
                Interlocked.Add(ref _open, change);
                _changed.Release();
            });
            _listener.Start();
        }

        public async Task AreGoneAsync()
        {
            using var timeout = new CancellationTokenSource(StalledConnectionReleaser.Timeout * 2);
            while (Interlocked.Read(ref _open) != 0) await _changed.WaitAsync(timeout.Token);
        }

        public void Dispose()
        {
            _listener.Dispose();
            _changed.Dispose();
        }
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        frame[0] = (byte)(payload.Length >> 16);
        frame[1] = (byte)(payload.Length >> 8);
        frame[2] = (byte)payload.Length;
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }
}
