using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Platform.Internal;

namespace Platform.Notifications;

/// <summary>
/// Writes a notification when it is sent: in the language of its tenant, by the tenant's own template where it has one. Until then it is a name and data, so the call that caused it takes no longer for it, and a
/// corrected text holds for those that wait.
/// </summary>
internal sealed partial class NotificationRenderer(IGrainFactory grains, ILogger<NotificationRenderer> logger)
{
    public async Task<Notification> RenderAsync(Notification notification, CancellationToken cancellationToken)
    {
        var (language, name, own) = (NotificationLanguage.English, notification.Data.GetValueOrDefault("tenant") ?? "", (NotificationTemplateDraft?)null);
        if (notification.TenantId is { } id && await grains.TenantInternal(id).FindAsync(cancellationToken) is { } tenant)
        {
            (language, name) = (tenant.Language, tenant.Name);
            own = await grains.NotificationTemplatesInternal(id).FindAsync(notification.Template, language, cancellationToken);
        }

        var data = notification.Data.SetItem("tenantName", name);
        var written = (own is null ? null : TryRender(notification.Template, own, data, language)) ?? ShippedTemplates.Text(notification.Template, language).Render(data, language);
        return notification with { Subject = written.Subject, Text = written.Text, Html = written.Html };
    }

    /// <summary>Null: it was good when it was saved and is not any more. Nobody waits in vain for a message because of that.</summary>
    private NotificationPreview? TryRender(string template, NotificationTemplateDraft own, ImmutableSortedDictionary<string, string> data, NotificationLanguage language)
    {
        try
        {
            if (NotificationText.Parse(own, new List<InputError>()) is { } text) return text.Render(data, language);
            NotUsed(logger, template, reason: null);
        }
        catch (InvalidOperationException failure)
        {
            NotUsed(logger, template, failure);
        }

        return null;
    }

    [LoggerMessage(EventName = "NotificationTemplateNotUsed", Level = LogLevel.Warning, Message = "A tenant's own template {Template} could not be rendered; the shipped one was sent instead")]
    private static partial void NotUsed(ILogger logger, string template, Exception? reason);
}
