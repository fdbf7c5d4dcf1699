using System.Collections.Immutable;

namespace Platform.Notifications;

[GenerateSerializer, Immutable, Alias("platform.StoredNotificationTemplates")]
internal sealed record StoredNotificationTemplates
{
    [Id(0)] public ImmutableArray<StoredNotificationTemplate> Own { get; init; } = [];
}

[GenerateSerializer, Immutable, Alias("platform.StoredNotificationTemplate")]
internal sealed record StoredNotificationTemplate(
    [property: Id(0)] string Name, [property: Id(1)] NotificationLanguage Language, [property: Id(2)] string? Subject, [property: Id(3)] string Text);
