using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Platform.Snippets;

namespace Platform.Grains.Tests.Snippets;

/// <summary>A web server on loopback behind every address that a file proof may be read from. Answers exactly the bytes that a test gives it.</summary>
internal sealed class ProofSite : DomainConnector, IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _certificate;
    private readonly Task _serving;

    /// <param name="host">For which its certificate is.</param>
    /// <param name="trusted">False: made by an authority that nobody trusts.</param>
    public ProofSite(string host, bool trusted = true)
    {
        (_authority, _certificate) = Issue(host);
        Trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        Trust.CustomTrustStore.Add(trusted ? _authority : Issue(host).Authority);
        _listener.Start();
        _serving = ServeAsync();
    }

    public override X509ChainPolicy Trust { get; }

    /// <summary>Addresses that were connected to.</summary>
    public ConcurrentQueue<IPAddress> Connected { get; } = new();

    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Addresses at which nothing listens.</summary>
    public HashSet<string> Closed { get; } = [];

    /// <summary>By path; others are 404.</summary>
    public ConcurrentDictionary<string, Func<Stream, CancellationToken, Task>> Answers { get; } = new();

    /// <summary>Completes when a request has been read.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Put(string path, string body, string status = "200 OK", string headers = "") =>
        PutRaw(path, $"HTTP/1.1 {status}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}");

    public void PutRaw(string path, string answer) => Answers[path] = (stream, cancel) => stream.WriteAsync(Encoding.UTF8.GetBytes(answer), cancel).AsTask();

    public override async ValueTask<Stream> ConnectAsync(IPAddress address, CancellationToken cancellationToken)
    {
        Connected.Enqueue(address);
        if (Closed.Contains(address.ToString())) throw new SocketException((int)SocketError.ConnectionRefused);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_listener.LocalEndpoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
        _authority.Dispose();
        _certificate.Dispose();
    }

    private async Task ServeAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using var owned = client;
            await using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                var path = line.Split(' ')[1];
                var request = new StringBuilder(line);
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header) request.Append('\n').Append(header);
                Requests.Enqueue(request.ToString());
                Asked.TrySetResult();
                if (Answers.TryGetValue(path, out var answer)) await answer(stream, _stop.Token);
                else await stream.WriteAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), _stop.Token);
            }
        }
        catch (Exception end) when (end is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The client went away.
        }
    }

    private static (X509Certificate2 Authority, X509Certificate2 Certificate) Issue(string host)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var ofAuthority = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256);
        ofAuthority.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var authority = ofAuthority.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(authority, now.AddDays(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        using var whole = issued.CopyWithPrivateKey(key);
        return (authority, X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), password: null));
    }
}
