using System.Net.Security;
using System.Security.Cryptography;

namespace Platform.Benchmarks.Hosting;

/// <summary>For clients of a server whose self-made certificate they know.</summary>
internal static class PinnedCertificate
{
    /// <param name="hash">SHA-256 of the one certificate that is accepted.</param>
    public static RemoteCertificateValidationCallback Only(byte[] hash) =>
        (_, shown, _, _) => shown?.GetCertHash(HashAlgorithmName.SHA256).AsSpan().SequenceEqual(hash) == true;
}
