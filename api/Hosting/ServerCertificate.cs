using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Platform.Security;

namespace Platform.Api.Hosting;

/// <summary>
/// The certificate for trying things out: self-made for localhost, in <c>&lt;data&gt;/tls</c>, used again until 30 days before it expires.
/// Not used where Kestrel:Certificates:Default names a real one.
/// </summary>
internal sealed class ServerCertificate(IConfiguration configuration, IOptions<PlatformOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(365);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    private readonly Lazy<X509Certificate2> _certificate = new(() => OpenOrCreate(Folder(options.Value), time.GetUtcNow()));

    /// <summary>Whether the settings name a certificate; then this one is not made.</summary>
    public bool IsConfigured { get; } = configuration.GetSection("Kestrel:Certificates:Default").Exists();

    public X509Certificate2 Value => _certificate.Value;

    /// <summary>The certificate without its key, for clients to trust.</summary>
    public string PemPath => Path.Combine(Folder(options.Value), "localhost.pem");

    public string Fingerprint => string.Join(':', Value.GetCertHash(HashAlgorithmName.SHA256).Select(b => b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));

    private static string Folder(PlatformOptions options) => Path.Combine(Path.GetFullPath(options.DataDirectory), "tls");

    private static X509Certificate2 OpenOrCreate(string folder, DateTimeOffset now)
    {
        var (pem, key) = (Path.Combine(folder, "localhost.pem"), Path.Combine(folder, "localhost.key"));
        if (TryOpen(pem, key) is { } known)
        {
            if (known.NotAfter.ToUniversalTime() - now.UtcDateTime > RenewBefore && known.NotBefore.ToUniversalTime() <= now.UtcDateTime) return known;
            known.Dispose();
        }

        PrivateDirectory.Create(folder);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = Create(ecdsa, now);

        // The key first: a crash in between leaves a pair that does not match, which is made anew.
        Write(key, ecdsa.ExportPkcs8PrivateKeyPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Write(pem, made.ExportCertificatePem(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        return X509Certificate2.CreateFromPemFile(pem, key);
    }

    /// <summary>Null where there is none yet, or the two files do not belong together.</summary>
    private static X509Certificate2? TryOpen(string pem, string key)
    {
        if (!File.Exists(pem) || !File.Exists(key)) return null;
        try
        {
            return X509Certificate2.CreateFromPemFile(pem, key);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    private static X509Certificate2 Create(ECDsa key, DateTimeOffset now)
    {
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: true));
        return request.CreateSelfSigned(now - TimeSpan.FromHours(1), now + Life);
    }

    private static void Write(string path, string text, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode };
        File.Delete(path + ".new");
        using (var file = new FileStream(path + ".new", options))
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        DurableFolder.MoveFile(path + ".new", path, overwrite: true);
    }
}
