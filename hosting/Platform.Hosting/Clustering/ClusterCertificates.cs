using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace Platform.Hosting.Clustering;

/// <summary>The purpose of a certificate, by its extended key usage. An API host's says client only, so that nobody can pose as a silo with it.</summary>
[Flags]
internal enum CertificateUse
{
    Client = 1,
    Server = 2,

    /// <summary>Silos call each other both ways.</summary>
    Silo = Client | Server,
}

/// <summary>This process' certificate and the authority by which it knows the others. Revocation lists are not asked: certificates are short-lived, or the authority is exchanged.</summary>
internal sealed class ClusterCertificates : IDisposable
{
    private static readonly (CertificateUse Use, string Oid)[] Usages = [(CertificateUse.Client, "1.3.6.1.5.5.7.3.2"), (CertificateUse.Server, "1.3.6.1.5.5.7.3.1")];

    private readonly X509Certificate2 _own;
    private readonly X509Certificate2Collection _authorities;

    private ClusterCertificates(X509Certificate2 own, X509Certificate2Collection authorities) => (_own, _authorities) = (own, authorities);

    public DateTimeOffset ExpiresAt => new(_own.NotAfter);

    /// <exception cref="InvalidDataException">It cannot be used for that.</exception>
    /// <exception cref="IOException">Not to be read; likewise <see cref="CryptographicException"/>.</exception>
    public static ClusterCertificates Open(ClusterCertificateOptions options, CertificateUse use, TimeProvider time)
    {
        var authorities = OpenAuthorities(options.CertificateAuthority);
        var own = OpenOwn(options.Certificate);
        var certificates = new ClusterCertificates(own, authorities);
        var fault = !own.HasPrivateKey ? "has no private key"
            : own.NotAfter.ToUniversalTime() <= time.GetUtcNow().UtcDateTime ? $"expired on {own.NotAfter.ToUniversalTime():u}"
            : own.NotBefore.ToUniversalTime() > time.GetUtcNow().UtcDateTime ? $"is not valid before {own.NotBefore.ToUniversalTime():u}"
            : !Allows(own, use) ? $"is not made for {(use == CertificateUse.Client ? "clientAuth" : "serverAuth and clientAuth")} (extended key usage)"
            : certificates.IsOurs(own, use) ? null
            : $"was not issued by the authority in {options.CertificateAuthority}";
        if (fault is null) return certificates;
        certificates.Dispose();
        throw new InvalidDataException($"{ClientOptions.Section}:{nameof(options.Certificate)}: {options.Certificate.Path} {fault}.");
    }

    /// <param name="remote">What the other end must be.</param>
    public TlsOptions Demanding(CertificateUse remote) => new()
    {
        LocalCertificate = _own,
        RemoteCertificateMode = RemoteCertificateMode.RequireCertificate,
        ClientCertificateMode = RemoteCertificateMode.RequireCertificate,
        RemoteCertificateValidation = (certificate, _, _) => IsOurs(certificate, remote),
        // Certificates name processes of a cluster, not hosts: whoever holds one is one of us.
        OnAuthenticateAsClient = (_, client) => client.TargetHost = "silo",
    };

    public void Dispose()
    {
        _own.Dispose();
        foreach (var authority in _authorities) authority.Dispose();
    }

    private bool IsOurs(X509Certificate2 certificate, CertificateUse use)
    {
        if (!Allows(certificate, use)) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate);
    }

    /// <summary>Said in so many words: a certificate without the extension would be good for everything.</summary>
    private static bool Allows(X509Certificate2 certificate, CertificateUse use)
    {
        var stated = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().SelectMany(extension => extension.EnhancedKeyUsages.Cast<Oid>()).Select(oid => oid.Value).ToHashSet();
        return Usages.All(usage => !use.HasFlag(usage.Use) || stated.Contains(usage.Oid));
    }

    private static X509Certificate2 OpenOwn(CertificateFile file)
    {
        if (string.IsNullOrEmpty(file.Path)) throw new InvalidDataException($"{ClientOptions.Section}:{nameof(ClusterCertificateOptions.Certificate)}:{nameof(file.Path)} is missing.");
        try
        {
            if (Path.GetExtension(file.Path) is ".pfx" or ".p12") return X509CertificateLoader.LoadPkcs12FromFile(file.Path, file.Password);
            return file.Password is null
                ? X509Certificate2.CreateFromPemFile(file.Path, file.KeyPath)
                : X509Certificate2.CreateFromEncryptedPemFile(file.Path, file.Password, file.KeyPath);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidDataException($"{ClientOptions.Section}:{nameof(ClusterCertificateOptions.Certificate)}: {file.Path} cannot be used: {unreadable.Message}", unreadable);
        }
    }

    private static X509Certificate2Collection OpenAuthorities(string? path)
    {
        if (string.IsNullOrEmpty(path)) throw new InvalidDataException($"{ClientOptions.Section}:{nameof(ClusterCertificateOptions.CertificateAuthority)} is missing.");
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(path);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{ClientOptions.Section}:{nameof(ClusterCertificateOptions.CertificateAuthority)}: {path} cannot be used: {unreadable.Message}", unreadable);
        }

        return authorities.Count > 0 ? authorities : throw new InvalidDataException($"{ClientOptions.Section}:{nameof(ClusterCertificateOptions.CertificateAuthority)}: {path} holds no certificate.");
    }
}
