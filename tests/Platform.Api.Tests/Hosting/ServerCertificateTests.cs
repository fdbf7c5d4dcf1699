using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Platform.Api.Hosting;

namespace Platform.Api.Tests.Hosting;

public sealed class ServerCertificateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("platform-tls-").FullName;
    private readonly ManualTimeProvider _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void FirstUse_MakesACertificateForThisMachineOnly()
    {
        var certificate = New().Value;

        certificate.HasPrivateKey.ShouldBeTrue();
        certificate.GetECDsaPublicKey()!.KeySize.ShouldBe(256);
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        names.EnumerateDnsNames().ShouldBe(["localhost"]);
        names.EnumerateIPAddresses().ShouldBe([IPAddress.Loopback, IPAddress.IPv6Loopback]);
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages[0].Value.ShouldBe("1.3.6.1.5.5.7.3.1");
        File.ReadAllText(New().PemPath).ShouldNotContain("PRIVATE");
    }

    [Fact]
    public void LaterUse_TakesTheSameOne() => New().Fingerprint.ShouldBe(New().Fingerprint);

    [Fact]
    public void Use_Within30DaysOfItsEnd_MakesANewOne()
    {
        var first = New().Fingerprint;
        _time.Advance(TimeSpan.FromDays(334));
        New().Fingerprint.ShouldBe(first);

        _time.Advance(TimeSpan.FromDays(2));

        New().Fingerprint.ShouldNotBe(first);
    }

    [Fact]
    public void Use_AfterACrashBetweenKeyAndCertificate_MakesANewOne()
    {
        var first = New();
        var fingerprint = first.Fingerprint;
        using var other = System.Security.Cryptography.ECDsa.Create();
        File.WriteAllText(Path.ChangeExtension(first.PemPath, ".key"), other.ExportPkcs8PrivateKeyPem());

        New().Fingerprint.ShouldNotBe(fingerprint);
    }

    private ServerCertificate New() => new(new ConfigurationBuilder().Build(), Options.Create(new PlatformOptions { DataDirectory = _folder }), _time);
}
