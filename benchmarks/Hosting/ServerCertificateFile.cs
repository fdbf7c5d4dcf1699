using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Platform.Api.Hosting;

namespace Platform.Benchmarks.Hosting;

/// <summary>A certificate for servers that are measured: the one that the platform makes itself.</summary>
/// <param name="Path">PEM.</param>
/// <param name="KeyPath">PEM, for the owner only.</param>
/// <param name="Hash">SHA-256.</param>
internal sealed record ServerCertificateFile(string Path, string KeyPath, byte[] Hash)
{
    public static ServerCertificateFile Create(string folder)
    {
        var made = new ServerCertificate(new ConfigurationBuilder().Build(), Options.Create(new PlatformOptions { DataDirectory = folder }), TimeProvider.System);
        using var certificate = made.Value;
        return new ServerCertificateFile(made.PemPath, System.IO.Path.ChangeExtension(made.PemPath, "key"), certificate.GetCertHash(HashAlgorithmName.SHA256));
    }
}
