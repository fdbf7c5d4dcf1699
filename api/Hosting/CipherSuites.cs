using System.Buffers;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Platform.Api.Hosting;

/// <summary>
/// Suites with authenticated encryption (AEAD) only, as RFC 9325 section 4.2 recommends: OpenSSL also offers two of TLS 1.2 with CBC. All suites of TLS 1.3 are AEAD, so clients
/// that offer it get TLS 1.3 and nothing else, and the others a policy. Not a policy for all: with one, .NET makes an OpenSSL context for each connection and resumes no session
/// (decision 0120).
/// </summary>
internal static class CipherSuites
{
    private static readonly object OffersTls13 = new();

    private static readonly CipherSuitesPolicy? Aead = OperatingSystem.IsLinux() || OperatingSystem.IsMacOS()
        ? new(
        [
            TlsCipherSuite.TLS_AES_256_GCM_SHA384,
            TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
            TlsCipherSuite.TLS_AES_128_GCM_SHA256,
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        ])
        : null; // Windows decides by group policy, for the whole machine.

    public static void Restrict(HttpsConnectionAdapterOptions https)
    {
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        https.TlsClientHelloBytesCallback = Note;
        https.OnAuthenticate = Choose;
    }

    private static void Note(ConnectionContext connection, ReadOnlySequence<byte> hello)
    {
        if (ClientHello.OffersTls13(hello)) connection.Items[OffersTls13] = true;
    }

    private static void Choose(ConnectionContext connection, SslServerAuthenticationOptions tls)
    {
        if (connection.Items.ContainsKey(OffersTls13)) tls.EnabledSslProtocols = SslProtocols.Tls13;
        else tls.CipherSuitesPolicy = Aead;
    }
}
