using Microsoft.AspNetCore.Builder;
using Platform.Benchmarks.Hosting;

namespace Platform.Benchmarks.Compare.Servers;

/// <summary>The platform without rate limits and with the certificate that all measured servers have.</summary>
internal static class WholePlatform
{
    public static WebApplication Build(ServerSettings settings) => BenchmarkPlatform.Build(
        settings.Folder,
        [
            "--Platform:RateLimits:Enabled=false",
            $"--Kestrel:Certificates:Default:Path={settings.Certificate}",
            $"--Kestrel:Certificates:Default:KeyPath={settings.CertificateKey}",
            .. settings.Settings,
        ]);
}
