using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Platform.Grains.Tests.Notifications;

/// <summary>As much of a mail server (RFC 5321, 3207, 4954) as a client needs to deliver a message. Remembers what was said before and after encryption.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly bool _offersTls;
    private readonly bool _implicitTls;
    private readonly string _authentication;
    private readonly Task _serving;

    public SmtpServer(bool offersTls, bool implicitTls = false, string authentication = "LOGIN")
    {
        (_offersTls, _implicitTls, _authentication) = (offersTls, implicitTls, authentication);
        _listener.Start();
        _serving = ServeAsync();
    }

    public X509Certificate2 Certificate { get; } = LocalCertificate.Create();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public List<string> InTheClear { get; } = [];

    public List<string> Encrypted { get; } = [];

    public string Message { get; private set; } = "";

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _serving.WaitAsync(TimeSpan.FromSeconds(10));
        _listener.Dispose();
        _over.Dispose();
        Certificate.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_over.Token);
                await TalkAsync(client.GetStream());
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped. The listener is not: it might be asked for the next client just then.
        }
    }

    private async Task TalkAsync(Stream stream)
    {
        var (said, secure) = (InTheClear, false);
        try
        {
            if (_implicitTls)
            {
                (stream, said, secure) = (await EncryptAsync(stream), Encrypted, true);
            }

            await SayAsync(stream, "220 localhost ESMTP");
            while (await ReadLineAsync(stream) is { } line)
            {
                said.Add(line);
                var verb = line.Split(' ')[0].ToUpperInvariant();
                switch (verb)
                {
                    case "EHLO":
                        await SayAsync(stream, secure ? $"250-localhost\r\n250 AUTH {_authentication}" : _offersTls ? "250-localhost\r\n250 STARTTLS" : "250-localhost\r\n250 AUTH LOGIN");
                        break;
                    case "STARTTLS":
                        await SayAsync(stream, "220 go ahead");
                        (stream, said, secure) = (await EncryptAsync(stream), Encrypted, true);
                        break;
                    case "AUTH" when _authentication == "XOAUTH2":
                        await SayAsync(stream, "235 welcome");
                        break;
                    case "AUTH":
                        if (line.Split(' ').Length < 3)
                        {
                            await SayAsync(stream, "334 VXNlcm5hbWU6");
                            said.Add(await ReadLineAsync(stream) ?? "");
                        }

                        await SayAsync(stream, "334 UGFzc3dvcmQ6");
                        said.Add(await ReadLineAsync(stream) ?? "");
                        await SayAsync(stream, "235 welcome");
                        break;
                    case "DATA":
                        await SayAsync(stream, "354 end with a dot");
                        await ReadMessageAsync(stream);
                        await SayAsync(stream, "250 taken");
                        break;
                    case "QUIT":
                        await SayAsync(stream, "221 bye");
                        return;
                    default:
                        await SayAsync(stream, "250 fine");
                        break;
                }
            }
        }
        catch (Exception hungUp) when (hungUp is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client went away, as it should where it does not trust us.
        }
    }

    private async Task<SslStream> EncryptAsync(Stream stream)
    {
        var encrypted = new SslStream(stream);
        await encrypted.AuthenticateAsServerAsync(Certificate);
        return encrypted;
    }

    private async Task ReadMessageAsync(Stream stream)
    {
        var text = new StringBuilder();
        while (await ReadLineAsync(stream) is { } line && line != ".") text.AppendLine(line);
        Message = text.ToString();
    }

    private static async Task<string?> ReadLineAsync(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            if (one[0] == '\n') return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }

        return null;
    }

    private static async Task SayAsync(Stream stream, string text)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"));
        await stream.FlushAsync();
    }
}
