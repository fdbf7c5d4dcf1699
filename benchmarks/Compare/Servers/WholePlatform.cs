using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Platform.Benchmarks.Hosting;

namespace Platform.Benchmarks.Compare.Servers;

/// <summary>The platform without rate limits and with the certificate that all measured servers have.</summary>
internal static class WholePlatform
{
    public static WebApplication Build(ServerSettings settings, Action<IServiceCollection>? configure = null) => BenchmarkPlatform.Build(
        settings.Folder,
        configure,
        [
            "--Platform:RateLimits:Enabled=false",
            $"--Kestrel:Certificates:Default:Path={settings.Certificate}",
            $"--Kestrel:Certificates:Default:KeyPath={settings.CertificateKey}",
            .. settings.Settings,
        ]);
}
