using System.Text.Json;

namespace Platform.Text;

/// <summary>Members of enums as histories and the access log name them, which is as the API does.</summary>
internal static class SnakeCase
{
    public static string Of<TEnum>(TEnum value) where TEnum : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    public static string? Of<TEnum>(TEnum? value) where TEnum : struct, Enum => value is { } known ? Of(known) : null;
}
