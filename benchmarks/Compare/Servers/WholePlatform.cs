using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Platform.Hosting;
using Platform.Server;
using Platform.Silo.Hosting;

namespace Platform.Benchmarks.Compare.Servers;

/// <summary>The platform in one process on SQLite as <c>./run</c> starts it, without rate limits and with the certificate that all compared servers have.</summary>
internal static class WholePlatform
{
    public const string OperatorPassword = "Slow-Glacier-48";

    public static WebApplication Build(ServerSettings settings) => PlatformServer.Build(
        [
            "--urls=https://127.0.0.1:0", $"--Platform:DataDirectory={settings.Folder}", $"--Platform:Bootstrap:OperatorPassword={OperatorPassword}", "--Logging:LogLevel:Default=Error",
            "--Platform:RateLimits:Enabled=false", $"--Kestrel:Certificates:Default:Path={settings.Certificate}", $"--Kestrel:Certificates:Default:KeyPath={settings.CertificateKey}",
        ],
        builder => builder.Services.AddSingleton(new StartupBannerOutput(TextWriter.Null)));
}
