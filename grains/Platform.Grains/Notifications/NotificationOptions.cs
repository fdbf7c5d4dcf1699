using Microsoft.Extensions.Options;

namespace Platform.Notifications;

/// <summary>Section <c>Platform:Notifications</c>.</summary>
internal sealed class NotificationOptions
{
    public const string Section = PlatformOptions.Section + ":Notifications";

    /// <summary>Where each notification becomes one <c>.json</c> file, for channels without a sender of their own. Default <c>&lt;data&gt;/outbox</c>.</summary>
    public string? Directory { get; set; }

    /// <summary>
    /// Address of the page where a new password is typed; reset links are this with <c>#token=…</c>. Never taken from a request (threat T27).
    /// Default none: the message carries the token alone.
    /// </summary>
    public Uri? ResetPage { get; set; }

    /// <summary>Address of the page that confirms a new e-mail address; confirmation links are this with <c>#token=…</c>. Default none: the message carries the token alone.</summary>
    public Uri? EmailConfirmationPage { get; set; }

    /// <summary>Page on which invited users choose their password; invitations are this with <c>#token=…</c>. Default none: the message carries the token alone.</summary>
    public Uri? InvitationPage { get; set; }

    /// <summary>Page that ends a session of which a notice told; its links are this with <c>#token=…</c>. Default none: the message carries the token alone.</summary>
    public Uri? SessionEndPage { get; set; }

    /// <summary>Sends e-mail by SMTP with TLS instead.</summary>
    public SmtpOptions Smtp { get; set; } = new();

    /// <summary>Hands SMS to a gateway by signed webhook instead.</summary>
    public SmsOptions Sms { get; set; } = new();
}

internal sealed class SmtpOptions
{
    /// <summary>Server; none: e-mail goes to the directory.</summary>
    public string? Host { get; set; }

    /// <summary>Default 587 (STARTTLS).</summary>
    public int Port { get; set; } = 587;

    /// <summary>Whether the connection is encrypted from its first byte on, instead of by STARTTLS. Default: on port 465.</summary>
    public bool? ImplicitTls { get; set; }

    internal bool IsImplicitTls => ImplicitTls ?? Port == 465;

    /// <summary>Whether the certificate is looked up at its issuer, too, who must be reachable then. Default false.</summary>
    public bool CheckRevocation { get; set; }

    public string? Username { get; set; }

    public string? Password { get; set; }

    /// <summary>File with an OAuth 2.0 access token (XOAUTH2) instead of a password, kept fresh by somebody else. Default none.</summary>
    public string? AccessTokenFile { get; set; }

    /// <summary>Sender's address.</summary>
    public string From { get; set; } = "no-reply@platform.invalid";
}

internal sealed class SmsOptions
{
    /// <summary>HTTPS address of the gateway; none: SMS go to the directory.</summary>
    public Uri? WebhookUrl { get; set; }

    /// <summary>Key of the signature, at least 32 characters: header <c>Platform-Signature: t=unix-seconds,v1=hex(HMAC-SHA256(t.body))</c>.</summary>
    public string? WebhookSecret { get; set; }
}

internal sealed class NotificationOptionsValidator : IValidateOptions<NotificationOptions>
{
    public ValidateOptionsResult Validate(string? name, NotificationOptions options)
    {
        var errors = new List<string>();
        if (options.Smtp.Host is not null && options.Smtp.Port is < 1 or > 65535) errors.Add($"{NotificationOptions.Section}:Smtp:Port must be 1 to 65535.");
        if (options.Smtp is { AccessTokenFile: not null, Username: null }) errors.Add($"{NotificationOptions.Section}:Smtp:AccessTokenFile needs Username.");
        if (options.Smtp is { AccessTokenFile: not null, Password: not null }) errors.Add($"{NotificationOptions.Section}:Smtp: set Password or AccessTokenFile, not both.");
        if (!MimeKit.MailboxAddress.TryParse(options.Smtp.From, out var from) || !from.Address.Contains('@', StringComparison.Ordinal)) errors.Add($"{NotificationOptions.Section}:Smtp:From must be an e-mail address.");
        if (options.Sms.WebhookUrl is { } url && (!url.IsAbsoluteUri || (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))))
        {
            errors.Add($"{NotificationOptions.Section}:Sms:WebhookUrl must be an https address, or an http address of this machine.");
        }

        if (options.Sms.WebhookUrl is not null && options.Sms.WebhookSecret is not { Length: >= 32 })
        {
            errors.Add($"{NotificationOptions.Section}:Sms:WebhookSecret must have at least 32 characters.");
        }

        var pages = new[]
        {
            (nameof(options.ResetPage), options.ResetPage),
            (nameof(options.EmailConfirmationPage), options.EmailConfirmationPage),
            (nameof(options.InvitationPage), options.InvitationPage),
            (nameof(options.SessionEndPage), options.SessionEndPage),
        };
        foreach (var (setting, page) in pages)
        {
            if (page is not null && (!page.IsAbsoluteUri || page.Scheme != Uri.UriSchemeHttps || page.Fragment.Length > 0))
            {
                errors.Add($"{NotificationOptions.Section}:{setting} must be an https address without a fragment.");
            }
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
