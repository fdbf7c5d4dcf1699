using Platform.Notifications;

namespace Platform.Api.Notifications;

/// <summary>A template in one language: the tenant's own, or the shipped one.</summary>
internal sealed record NotificationTemplateBody(string Name, string Language, NotificationChannel Channel, string? Subject, string Text, IReadOnlyList<string> Variables, bool Custom)
{
    public static NotificationTemplateBody Of(NotificationTemplateView view) =>
        new(view.Name, view.Language.ToTag(), view.Channel, view.Subject, view.Text, view.Variables, view.IsCustom);
}

/// <summary>Liquid: variables, if and unless, and the filters default, upcase, downcase, capitalize, truncate.</summary>
internal sealed record NotificationTemplateDraftBody
{
    /// <summary>One line of up to 200 characters; absent in text messages.</summary>
    public string? Subject { get; init; }

    /// <summary>Plain text of up to 8,000 characters. An empty line separates paragraphs; a line that holds the link and nothing else can be clicked in HTML.</summary>
    public required string Text { get; init; }

    public NotificationTemplateDraft ToDraft() => new(Subject, Text);
}

/// <summary>As its receiver reads it; <c>subject</c> and <c>html</c> are absent in text messages.</summary>
internal sealed record NotificationPreviewBody(string? Subject, string Text, string? Html)
{
    public static NotificationPreviewBody Of(NotificationPreview preview) => new(preview.Subject, preview.Text, preview.Html);
}
