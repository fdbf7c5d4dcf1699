using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Platform.Benchmarks.Compare;

/// <summary>One certificate for all compared servers, of the kind that the platform makes itself: ECDSA on P-256.</summary>
/// <param name="Path">PEM.</param>
/// <param name="KeyPath">PEM, for the owner only.</param>
/// <param name="Hash">SHA-256.</param>
internal sealed record CompareCertificate(string Path, string KeyPath, byte[] Hash)
{
    public static CompareCertificate Create(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now - TimeSpan.FromHours(1), now + TimeSpan.FromDays(2));
        var (path, keyPath) = (System.IO.Path.Combine(folder, "certificate.pem"), System.IO.Path.Combine(folder, "certificate.key"));
        File.WriteAllText(path, certificate.ExportCertificatePem());
        using var writer = new StreamWriter(keyPath, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        writer.Write(key.ExportPkcs8PrivateKeyPem());
        return new CompareCertificate(path, keyPath, certificate.GetCertHash(HashAlgorithmName.SHA256));
    }
}
