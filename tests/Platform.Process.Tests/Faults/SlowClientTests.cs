using System.Net;
using System.Net.Sockets;
using System.Text;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Faults;

/// <summary>Clients that hold connections without ever finishing a request are cut off; others do not notice.</summary>
[Trait("Database", "Unused")]
public sealed class SlowClientTests(ITestOutputHelper output) : ProcessTest(output)
{
    private const int Each = 100;
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(3);

    /// <summary>The framework's limit for a handshake.</summary>
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>For a slow machine to see to it.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    [Fact]
    [Trait("Threat", "T67")]
    public async Task Connections_HalfOpenOrDribbling_AreCutWithinTheLimitWhileOthersAreServed()
    {
        var platform = await StartAsync(("Platform__Limits__HeadersTimeout", "00:00:03"));
        var session = await platform.SignInAsync();
        using var over = new CancellationTokenSource();
        var healthy = PeekAsync(platform, session, over.Token);

        // Each is cut within its own limit, counted from its own begin.
        var silent = Enumerable.Range(0, Each).Select(_ => HoldAsync(HandshakeTimeout, OpenAsync, static _ => Task.CompletedTask)).ToArray();
        var halfOpen = Enumerable.Range(0, Each).Select(_ => HoldAsync(HandshakeTimeout, OpenAsync, BeginHandshakeAsync)).ToArray();
        var dribbling = Enumerable.Range(0, Each).Select(_ => HoldAsync(HeadersTimeout, async () => await platform.ConnectSecurelyAsync(), DribbleAsync)).ToArray();
        var held = await Task.WhenAll([.. silent, .. halfOpen, .. dribbling]);

        await over.CancelAsync();
        var waits = await healthy;
        Output.WriteLine($"{held.Length} slow connections held for at most {held.Max().TotalSeconds:F1} s; {waits.Count} peeks meanwhile, slowest {waits.Max().TotalMilliseconds:F0} ms");
        waits.Max().ShouldBeLessThan(TimeSpan.FromSeconds(3));
        (await platform.TouchAsync(session.Token)).ShouldBe(HttpStatusCode.OK);

        async Task<Stream> OpenAsync() => new NetworkStream(await platform.ConnectAsync(), ownsSocket: true);
    }

    /// <returns>How long the platform held the connection; it must not be longer than the limit.</returns>
    private static async Task<TimeSpan> HoldAsync(TimeSpan limit, Func<Task<Stream>> connect, Func<Stream, Task> send)
    {
        await using var stream = await connect();
        var began = Time.GetTimestamp();
        using var timeout = new CancellationTokenSource(limit + Slack, Time);
        var sending = send(stream);
        try
        {
            // Answers 408 or says nothing; then it is the end.
            await stream.CopyToAsync(Stream.Null, timeout.Token);
        }
        catch (IOException)
        {
            // Cut off with a reset.
        }

        var held = Time.GetElapsedTime(began);
        await sending;
        return held;
    }

    /// <summary>The beginning of a first TLS message, and never its end.</summary>
    private static Task BeginHandshakeAsync(Stream stream) =>
        stream.WriteAsync(Http.ClientHello.Of(Http.ClientHello.Tls12).AsMemory(0, 40)).AsTask();

    /// <summary>A header every half second, for ever.</summary>
    private static async Task DribbleAsync(Stream stream)
    {
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes("GET /v1/session HTTP/1.1\r\nHost: localhost\r\n"));
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500), Time);
            for (var i = 0; await timer.WaitForNextTickAsync(); i++) await stream.WriteAsync(Encoding.ASCII.GetBytes($"X-{i}: y\r\n"));
        }
        catch (Exception cut) when (cut is IOException or ObjectDisposedException)
        {
            // What is wanted.
        }
    }

    private static async Task<List<TimeSpan>> PeekAsync(PlatformProcess platform, SignedIn session, CancellationToken over)
    {
        var waits = new List<TimeSpan>();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), Time);
        while (!over.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            var began = Time.GetTimestamp();
            (await platform.PeekAsync(session.Token)).ShouldBe(HttpStatusCode.OK);
            waits.Add(Time.GetElapsedTime(began));
        }

        return waits;
    }
}
