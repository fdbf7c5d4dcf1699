using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Platform.Notifications;

/// <summary>One message to one person. Delivered at least once: <see cref="Id"/> lets a receiver drop repeats.</summary>
internal sealed record Notification
{
    public required Guid Id { get; init; }
    public required NotificationChannel Channel { get; init; }

    /// <summary>E-mail address, or number in E.164.</summary>
    public required string To { get; init; }

    /// <summary>Stable name, see <see cref="NotificationTemplates"/>.</summary>
    public required string Template { get; init; }

    /// <summary>Whose language and templates it is written in; null: the platform's.</summary>
    public TenantId? TenantId { get; init; }

    /// <summary>Written when it is sent, as what follows: nothing that waits has any. Null in text messages.</summary>
    public string? Subject { get; init; }

    /// <summary>Plain text.</summary>
    public string? Text { get; init; }

    /// <summary>The same as an HTML document. Null in text messages.</summary>
    public string? Html { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What the text is made of.</summary>
    public required ImmutableSortedDictionary<string, string> Data { get; init; }

    /// <summary>Whose address it is, and whose data key it waits under.</summary>
    [JsonIgnore]
    public UserId Recipient { get; init; }

    /// <summary>Another person whom the notification is about.</summary>
    [JsonIgnore]
    public UserId? About { get; init; }

    /// <summary>Prints neither address nor text.</summary>
    public override string ToString() => $"Notification {{ Id = {Id}, Template = {Template} }}";
}
