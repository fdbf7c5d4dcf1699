using System.Collections.Immutable;
using System.Net;
using System.Net.Mail;
using System.Text;
using Platform.Notifications;

namespace Platform.Tests.Notifications;

/// <summary>The real sender against a server on this machine.</summary>
public sealed class SmtpSenderTests
{
    [Fact]
    public async Task Send_ServerWithStartTls_DeliversAndSaysNothingBeforeEncryption()
    {
        await using var server = new SmtpServer(offersTls: true);
        var message = Message();

        await TrustingAsync(server, () => Sender(server).SendAsync(message, Patience));

        server.InTheClear.Select(line => line.Split(' ')[0].ToUpperInvariant()).ShouldBe(["EHLO", "STARTTLS"]);
        server.Encrypted.ShouldContain(line => line.StartsWith("MAIL FROM:<no-reply@platform.invalid>", StringComparison.OrdinalIgnoreCase));
        server.Encrypted.ShouldContain(line => line.StartsWith("RCPT TO:<bob@example.com>", StringComparison.OrdinalIgnoreCase));
        server.Encrypted.ShouldContain(line => line.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes("mailer-secret"))));
        server.Message.ShouldContain($"Message-ID: <{message.Id:N}@platform>", Case.Insensitive);
        server.Message.ShouldContain("Subject: password changed");
        Decoded(server.Message).ShouldContain("Your password was changed.");
    }

    [Fact]
    public async Task Send_ServerWithoutStartTls_SendsNothingAndTellsNoCredentials()
    {
        await using var server = new SmtpServer(offersTls: false);

        await Should.ThrowAsync<SmtpException>(() => TrustingAsync(server, () => Sender(server).SendAsync(Message(), Patience)));

        server.InTheClear.ShouldAllBe(line => line.StartsWith("EHLO", StringComparison.OrdinalIgnoreCase) || line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase));
        server.Message.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_ServerWithACertificateThatNobodyTrusts_SendsNothing()
    {
        await using var server = new SmtpServer(offersTls: true);

        await Should.ThrowAsync<Exception>(() => Sender(server).SendAsync(Message(), Patience));

        server.Encrypted.ShouldBeEmpty();
        server.Message.ShouldBeEmpty();
    }

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    private static SmtpSender Sender(SmtpServer server) =>
        new(new SmtpOptions { Host = "localhost", Port = server.Port, Username = "mailer", Password = "mailer-secret" });

    private static Notification Message() => new()
    {
        Id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
        Channel = NotificationChannel.Email,
        To = "bob@example.com",
        Template = "password_changed",
        Text = "Your password was changed.",
        CreatedAt = TimeProvider.System.GetUtcNow(),
        Data = ImmutableSortedDictionary<string, string>.Empty,
    };

    private static string Decoded(string message)
    {
        var body = message[(message.IndexOf("\n\n", StringComparison.Ordinal) is >= 0 and var at ? at : message.IndexOf("\r\n\r\n", StringComparison.Ordinal))..].Trim();
        return message.Contains("base64", StringComparison.OrdinalIgnoreCase) ? Encoding.UTF8.GetString(Convert.FromBase64String(body.Replace("\n", "", StringComparison.Ordinal))) : body;
    }

    /// <summary>The class library's mail client asks this callback only; exactly the server's certificate is trusted, for as long as the call takes.</summary>
    private static async Task TrustingAsync(SmtpServer server, Func<Task> send)
    {
#pragma warning disable SYSLIB0014, MA0039 // There is no other way to tell SmtpClient, and one certificate is compared whole.
        ServicePointManager.ServerCertificateValidationCallback = (_, presented, _, _) => server.Certificate.IsSame(presented);
        try
        {
            await send();
        }
        finally
        {
            ServicePointManager.ServerCertificateValidationCallback = null;
        }
#pragma warning restore SYSLIB0014, MA0039
    }
}
