using System.Text.Json.Serialization;

namespace Platform.Notifications;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = false, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Notification))]
internal sealed partial class NotificationJson : JsonSerializerContext;

/// <summary>As receivers read it: channel in lower case, indented.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(ChannelConverter)])]
[JsonSerializable(typeof(Notification))]
internal sealed partial class NotificationFileJson : JsonSerializerContext;

internal sealed class ChannelConverter() : JsonStringEnumConverter<NotificationChannel>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
