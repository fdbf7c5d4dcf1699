using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace Platform.Hosting.Clustering;

/// <summary>Section <c>Platform:Cluster</c>: the certificates by which the processes of a cluster recognise each other (threat T80). Read at the start; a renewed certificate holds from the next one.</summary>
internal sealed class ClusterCertificateOptions
{
    public const string Section = ClientOptions.Section;

    internal const string Settings = $"{ClientOptions.Section}:{nameof(Certificate)}:{nameof(CertificateFile.Path)} and {ClientOptions.Section}:{nameof(CertificateAuthority)}";

    /// <summary>This process' own, issued by <see cref="CertificateAuthority"/> itself, without intermediates.</summary>
    public CertificateFile Certificate { get; set; } = new();

    /// <summary>
    /// PEM file with the certificate, or while they are exchanged the certificates, of the authority that issues to the processes of this cluster and to nobody else: who
    /// shows one of its certificates is let in.
    /// </summary>
    public string? CertificateAuthority { get; set; }

    internal bool AreConfigured => !string.IsNullOrEmpty(Certificate.Path) || !string.IsNullOrEmpty(CertificateAuthority);
}

/// <summary>A certificate with its private key: PEM, or PKCS #12 where the name ends in <c>.pfx</c> or <c>.p12</c>.</summary>
internal sealed class CertificateFile
{
    public string? Path { get; set; }

    /// <summary>PEM: the file with the key. Default: the certificate's own.</summary>
    public string? KeyPath { get; set; }

    /// <summary>Password of the key or the PKCS #12 file, if it has one.</summary>
    public string? Password { get; set; }
}

/// <param name="use">What this process shows its certificate for.</param>
/// <param name="time">Of the process.</param>
internal sealed class ClusterCertificateOptionsValidator(CertificateUse use, TimeProvider time) : IValidateOptions<ClusterCertificateOptions>
{
    public ValidateOptionsResult Validate(string? name, ClusterCertificateOptions options)
    {
        // Grain calls are trusted once they are in.
        if (!options.AreConfigured)
        {
            return ValidateOptionsResult.Fail(
                $"Connections between processes are encrypted, and both ends show a certificate, on loopback too: set {ClusterCertificateOptions.Settings}. eng/issue-certificates.sh makes some to try it.");
        }

        try
        {
            ClusterCertificates.Open(options, use, time).Dispose();
            return ValidateOptionsResult.Success;
        }
        catch (Exception unusable) when (unusable is CryptographicException or IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
        {
            return ValidateOptionsResult.Fail(unusable.Message);
        }
    }
}
