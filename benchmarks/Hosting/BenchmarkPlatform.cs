using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Platform.Hosting;
using Platform.Server;

namespace Platform.Benchmarks.Hosting;

/// <summary>The whole platform in this process, on SQLite, as <c>./run</c> starts it: with Kestrel and TLS on a loopback port.</summary>
internal static class BenchmarkPlatform
{
    public const string OperatorPassword = "Slow-Glacier-48";

    /// <param name="folder">Of its data.</param>
    /// <param name="settings">As on its command line.</param>
    public static WebApplication Build(string folder, params IEnumerable<string> settings) => Build(folder, configure: null, settings);

    /// <inheritdoc cref="Build(string, IEnumerable{string})"/>
    /// <param name="folder">Of its data.</param>
    /// <param name="configure">Changes services before the host is made.</param>
    /// <param name="settings">As on its command line.</param>
    public static WebApplication Build(string folder, Action<IServiceCollection>? configure, IEnumerable<string> settings) => PlatformServer.Build(
        [
            "--urls=https://127.0.0.1:0", $"--Platform:DataDirectory={folder}", $"--Platform:Bootstrap:OperatorPassword={OperatorPassword}", "--Logging:LogLevel:Default=Error",
            .. settings,
        ],
        builder =>
        {
            builder.Services.AddSingleton(new StartupBannerOutput(TextWriter.Null));
            configure?.Invoke(builder.Services);
        });
}
