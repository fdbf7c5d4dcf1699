using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Platform.Benchmarks.Compare.Servers;
using Platform.Benchmarks.Hosting;

namespace Platform.Benchmarks.Compare;

/// <summary>
/// Platform and bare Kestrel in this process, loaded in turn: short turns, so that what disturbs the machine disturbs both, of as many requests each, however slow the machine is. What a request costs a server is processor time of the process, less that of
/// the threads that load it, which do nothing but block on their connections.
/// </summary>
internal sealed class PairedRun : IAsyncDisposable
{
    private const int Threads = 2;
    private const int ConnectionsEach = 16;

    private readonly WebApplication _platform;
    private readonly WebApplication _bare;
    private readonly BlockingLoad[] _toPlatform;
    private readonly BlockingLoad[] _toBare;

    private PairedRun(WebApplication platform, WebApplication bare, BlockingLoad[] toPlatform, BlockingLoad[] toBare) =>
        (_platform, _bare, _toPlatform, _toBare) = (platform, bare, toPlatform, toBare);

    /// <param name="folder">Empty.</param>
    /// <param name="call">What both are asked.</param>
    /// <param name="configure">Changes services of the platform.</param>
    public static async Task<PairedRun> StartAsync(string folder, ComparedCall call, Action<IServiceCollection>? configure = null)
    {
        var certificate = ServerCertificateFile.Create(folder);
        var settings = new ServerSettings
        {
            Kind = ServerKind.Platform,
            Folder = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName,
            Certificate = certificate.Path,
            CertificateKey = certificate.KeyPath,
        };
        var platform = WholePlatform.Build(settings, configure);
        await platform.StartAsync();
        using var api = new ApiClient(new Uri(platform.Urls.First()), certificate.Hash);
        await api.CreateTenantAsync();
        var request = call.Request($"Authorization: Bearer {await api.SignInOwnerAsync()}");
        var toPlatform = Connect(platform, certificate.Hash, request);
        var answer = toPlatform[0].Ask();
        var bare = BareServer.Build(settings with { Kind = ServerKind.Bare, Answers = new Dictionary<string, Answer>(StringComparer.Ordinal) { [call.Path] = Answer.Parse(answer) } });
        await bare.StartAsync();
        return new PairedRun(platform, bare, toPlatform, Connect(bare, certificate.Hash, request));
    }

    /// <summary>Each side has so many turns of so much work, in pairs. What disturbs a turn makes it dearer, so the cheapest turn of each side is what it costs.</summary>
    /// <returns>Processor time a request of the platform ÷ that of the bare server.</returns>
    public PairedRatio Measure(int pairs, int times)
    {
        var (platform, bare) = (double.MaxValue, double.MaxValue);
        for (var pair = 0; pair < pairs; pair++)
        {
            // Whose turn is first alternates: what grows or shrinks all the time favours neither.
            if (pair % 2 == 0) platform = Math.Min(platform, Each(_toPlatform, times));
            bare = Math.Min(bare, Each(_toBare, times));
            if (pair % 2 != 0) platform = Math.Min(platform, Each(_toPlatform, times));
        }

        return new PairedRatio(platform, bare);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var load in _toPlatform.Concat(_toBare)) load.Dispose();
        await _bare.StopAsync();
        await _bare.DisposeAsync();
        await _platform.StopAsync();
        await _platform.DisposeAsync();
    }

    private static BlockingLoad[] Connect(WebApplication app, byte[] certificateHash, byte[] request) =>
        [.. Enumerable.Range(0, Threads).Select(_ => new BlockingLoad(new Uri(app.Urls.First()).Port, certificateHash, request, ConnectionsEach))];

    /// <returns>Microseconds of processor time a request, without the load's.</returns>
    private static double Each(BlockingLoad[] loads, int times)
    {
        var load = new TimeSpan[loads.Length];
        var before = Environment.CpuUsage.TotalTime;
        var threads = loads.Select((one, i) => new Thread(() => load[i] = one.Repeat(times)) { IsBackground = true }).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        var all = Environment.CpuUsage.TotalTime - before;
        foreach (var own in load) all -= own;
        return all.TotalMicroseconds / (times * ConnectionsEach * loads.Length);
    }
}

/// <param name="Platform">Microseconds of processor time a request.</param>
/// <param name="Bare">The same.</param>
internal sealed record PairedRatio(double Platform, double Bare)
{
    public double Value => Platform / Bare;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value:0.00} ({Platform:0.0} µs ÷ {Bare:0.0} µs)");
}
