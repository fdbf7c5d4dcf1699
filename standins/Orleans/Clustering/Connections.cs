using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;

namespace Orleans.Connections.Security
{
    public delegate bool RemoteCertificateValidator(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors policyErrors);

    public enum RemoteCertificateMode
    {
        NoCertificate,
        AllowCertificate,
        RequireCertificate,
    }

    public class TlsClientAuthenticationOptions
    {
        public string? TargetHost { get; set; }
    }

    /// <summary>How connections between processes are encrypted. Accepted; the stand-in makes none.</summary>
    public class TlsOptions
    {
        public X509Certificate2? LocalCertificate { get; set; }

        public RemoteCertificateMode RemoteCertificateMode { get; set; } = RemoteCertificateMode.RequireCertificate;

        public RemoteCertificateMode ClientCertificateMode { get; set; } = RemoteCertificateMode.AllowCertificate;

        public RemoteCertificateValidator? RemoteCertificateValidation { get; set; }

        public Action<ConnectionContext, TlsClientAuthenticationOptions>? OnAuthenticateAsClient { get; set; }
    }
}

namespace Orleans
{
    using Orleans.Connections.Security;

    public static class TlsConnectionBuilderExtensions
    {
        public static void UseServerTls(this IConnectionBuilder builder, TlsOptions options) => throw NoConnections();

        public static void UseClientTls(this IConnectionBuilder builder, TlsOptions options) => throw NoConnections();

        private static NotSupportedException NoConnections() => new("The Orleans stand-in is one process: there is no connection to encrypt.");
    }
}

namespace Orleans.Configuration
{
    /// <summary>What is put around the connections of a silo. Kept and never used: the stand-in makes none.</summary>
    public class SiloConnectionOptions
    {
        private readonly List<Action<IConnectionBuilder>> _delegates = [];

        public void ConfigureSiloOutboundConnection(Action<IConnectionBuilder> configure) => _delegates.Add(configure);

        public void ConfigureSiloInboundConnection(Action<IConnectionBuilder> configure) => _delegates.Add(configure);

        public void ConfigureGatewayInboundConnection(Action<IConnectionBuilder> configure) => _delegates.Add(configure);
    }

    /// <inheritdoc cref="SiloConnectionOptions"/>
    public class ClientConnectionOptions
    {
        private readonly List<Action<IConnectionBuilder>> _delegates = [];

        public void ConfigureConnection(Action<IConnectionBuilder> configure) => _delegates.Add(configure);
    }
}
