using System.Collections.Immutable;

namespace Platform.Notifications;

/// <summary>How a notification reaches its receiver.</summary>
public enum NotificationChannel
{
    Email = 1,
    Sms = 2,
}

/// <summary>Languages in which notifications are shipped. Stored numbers: for ever.</summary>
public enum NotificationLanguage
{
    English = 0,
    German = 1,
}

/// <summary>Language tags (RFC 5646).</summary>
public static class NotificationLanguages
{
    public static ImmutableArray<string> Tags { get; } = ["en", "de"];

    public static string ToTag(this NotificationLanguage language) => Tags[(int)language];

    public static bool TryParse(string? tag, out NotificationLanguage language)
    {
        var index = tag is null ? -1 : Tags.IndexOf(tag);
        language = (NotificationLanguage)Math.Max(index, 0);
        return index >= 0;
    }
}

/// <summary>What a tenant writes: Liquid, of which variables, conditions and a few filters are taken.</summary>
/// <param name="Subject">Null for text messages, which have none.</param>
/// <param name="Text">Plain text; an empty line separates paragraphs.</param>
[GenerateSerializer, Immutable, Alias("platform.NotificationTemplateDraft")]
public sealed record NotificationTemplateDraft([property: Id(0)] string? Subject, [property: Id(1)] string Text);

[GenerateSerializer, Immutable, Alias("platform.NotificationTemplateView")]
public sealed record NotificationTemplateView
{
    [Id(0)] public required string Name { get; init; }
    [Id(1)] public required NotificationLanguage Language { get; init; }
    [Id(2)] public required NotificationChannel Channel { get; init; }
    [Id(3)] public required string? Subject { get; init; }
    [Id(4)] public required string Text { get; init; }

    /// <summary>What a text may name.</summary>
    [Id(5)] public required ImmutableArray<string> Variables { get; init; }

    /// <summary>False: the shipped text.</summary>
    [Id(6)] public required bool IsCustom { get; init; }
}

/// <summary>A notification as its receiver reads it.</summary>
/// <param name="Subject">Null for text messages.</param>
/// <param name="Text">Plain.</param>
/// <param name="Html">The same as an HTML document; null for text messages.</param>
[GenerateSerializer, Immutable, Alias("platform.NotificationPreview")]
public sealed record NotificationPreview([property: Id(0)] string? Subject, [property: Id(1)] string Text, [property: Id(2)] string? Html);
