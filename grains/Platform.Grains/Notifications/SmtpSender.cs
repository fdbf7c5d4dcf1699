using System.Net.Security;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Platform.Notifications;

/// <summary>
/// E-mail by SMTP. The connection is encrypted before credentials or recipients are sent: from its first byte on (RFC 8314) or by STARTTLS, without which nothing is sent.
/// </summary>
internal sealed class SmtpSender(SmtpOptions options) : INotificationSender
{
    public NotificationChannel Channel => NotificationChannel.Email;

    /// <summary>For tests, whose server has a certificate of its own. None: the machine decides whom to trust.</summary>
    internal RemoteCertificateValidationCallback? Trust { get; init; }

    public async Task SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        using var message = Compose(notification);
        using var client = new SmtpClient { ServerCertificateValidationCallback = Trust, CheckCertificateRevocation = options.CheckRevocation };
        await client.ConnectAsync(options.Host!, options.Port, options.IsImplicitTls ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTls, cancellationToken);
        if (await AuthenticationAsync(cancellationToken) is { } mechanism) await client.AuthenticateAsync(mechanism, cancellationToken);
        else if (options.Username is not null) await client.AuthenticateAsync(options.Username, options.Password ?? "", cancellationToken);
        await client.SendAsync(message, cancellationToken);
        await client.DisconnectAsync(quit: true, cancellationToken);
    }

    /// <summary>The token is read anew for each message: whoever renews it writes the file.</summary>
    private async Task<SaslMechanism?> AuthenticationAsync(CancellationToken cancellationToken) => options.AccessTokenFile is { } file
        ? new SaslMechanismOAuth2(options.Username!, (await File.ReadAllTextAsync(file, cancellationToken)).Trim())
        : null;

    /// <summary>Nobody's out-of-office note answers it (RFC 3834), and a second delivery has the same id (RFC 5322, 3.6.4), under the domain that sends.</summary>
    private MimeMessage Compose(Notification notification)
    {
        var from = MailboxAddress.Parse(options.From);
        var body = new BodyBuilder { TextBody = notification.Text?.ReplaceLineEndings("\r\n"), HtmlBody = notification.Html?.ReplaceLineEndings("\r\n") };
        var message = new MimeMessage([from], [MailboxAddress.Parse(notification.To)], notification.Subject ?? notification.Template, body.ToMessageBody()) { MessageId = $"{notification.Id:N}@{from.Domain}", Date = notification.CreatedAt };
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        return message;
    }
}
