using System.Net;
using System.Net.Mail;

namespace Platform.Notifications;

/// <summary>E-mail by SMTP. The connection is encrypted (STARTTLS) before anything is said; without that the message is not sent.</summary>
internal sealed class SmtpSender(SmtpOptions options) : INotificationSender
{
    public NotificationChannel Channel => NotificationChannel.Email;

    public async Task SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        using var client = new SmtpClient(options.Host, options.Port) { EnableSsl = true };
        if (options.Username is not null) client.Credentials = new NetworkCredential(options.Username, options.Password);
        using var message = new MailMessage(options.From, notification.To)
        {
            Subject = notification.Template.Replace('_', ' '),
            Body = notification.Text,
            IsBodyHtml = false,
        };
        message.Headers.Add("Message-ID", $"<{notification.Id:N}@platform>");
        await client.SendMailAsync(message, cancellationToken);
    }
}
