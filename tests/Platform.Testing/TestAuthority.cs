using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Platform.Testing;

/// <summary>Issues certificates to the processes of one cluster, as docs/operations/cluster.md says.</summary>
public sealed class TestAuthority : IDisposable
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private readonly string _folder;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private int _issued;

    public TestAuthority(string folder, string name)
    {
        _folder = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        _certificate = request.CreateSelfSigned(Now.AddDays(-100), Now.AddDays(100));
        File.WriteAllText(PemPath, _certificate.ExportCertificatePem());
    }

    public string PemPath => Path.Combine(_folder, "authority.pem");

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public IssuedCertificate ForSilo(DateTimeOffset? until = null) => Issue("silo", until, ServerUsage, ClientUsage);

    public IssuedCertificate ForApi() => Issue("api", null, ClientUsage);

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private IssuedCertificate Issue(string name, DateTimeOffset? until, params string[] usages)
    {
        var number = Interlocked.Increment(ref _issued);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. usages.Select(usage => new Oid(usage))], critical: false));
        using var certificate = request.Create(_certificate, Now.AddDays(-50), until ?? Now.AddDays(50), BitConverter.GetBytes(number));
        var issued = new IssuedCertificate(PemPath, Path.Combine(_folder, $"{name}{number}.pem"), Path.Combine(_folder, $"{name}{number}.key"));
        File.WriteAllText(issued.Path, certificate.ExportCertificatePem());
        File.WriteAllText(issued.KeyPath, key.ExportPkcs8PrivateKeyPem());
        return issued;
    }
}

/// <param name="Authority">Whose it is.</param>
/// <param name="Path">In PEM.</param>
/// <param name="KeyPath">Likewise.</param>
public sealed record IssuedCertificate(string Authority, string Path, string KeyPath)
{
    public (string Key, string Value)[] Settings =>
    [
        ("Platform__Cluster__CertificateAuthority", Authority),
        ("Platform__Cluster__Certificate__Path", Path),
        ("Platform__Cluster__Certificate__KeyPath", KeyPath),
    ];

    /// <summary>As if there were none.</summary>
    public static (string Key, string Value)[] NoSettings => [.. new IssuedCertificate("", "", "").Settings];

    public X509Certificate2 Open() => X509Certificate2.CreateFromPemFile(Path, KeyPath);
}
