using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;

namespace Platform.Api.Json;

/// <summary>ISO 8601 durations of days and smaller, such as <c>PT30M</c>. Months and years have no fixed length and are refused.</summary>
internal sealed class DurationConverter : JsonConverter<TimeSpan>
{
    private static readonly SearchValues<char> Letters = SearchValues.Create("-.0123456789DHMPSTY");

    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString() ?? throw new JsonException();
        var date = text.Split('T')[0];
        // The class library takes blanks and line ends around it.
        if (text.Length > 32 || text.AsSpan().ContainsAnyExcept(Letters) || date.Contains('Y', StringComparison.Ordinal) || date.Contains('M', StringComparison.Ordinal)) throw new JsonException();
        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (Exception failure) when (failure is FormatException or OverflowException)
        {
            throw new JsonException(message: null, failure);
        }
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(XmlConvert.ToString(value));
}

/// <summary>RFC 3339 in UTC, always with <c>Z</c>.</summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-ddTHH:mm:ss.FFFFFFFZ";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text && Rfc3339.TryParse(text, out var time) ? time.ToUniversalTime() : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[40];
        value.UtcDateTime.TryFormat(text, out var written, Format, CultureInfo.InvariantCulture);
        writer.WriteStringValue(text[..written]);
    }
}

/// <summary>Exactly the names in snake case: no numbers, no other case, no lists (which the framework's converter would accept).</summary>
internal sealed class NamedEnumConverter<TEnum> : JsonConverter<TEnum> where TEnum : struct, Enum
{
    public static readonly IReadOnlyList<(TEnum Value, string Name)> Names =
        [.. Enum.GetValues<TEnum>().Select(value => (value, JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString())))];

    public override TEnum Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString();
        foreach (var (value, name) in Names)
        {
            if (name == text) return value;
        }

        throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, TEnum value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Names.First(known => EqualityComparer<TEnum>.Default.Equals(known.Value, value)).Name);
}

/// <summary>Converts every enum, so that no domain has to list its own.</summary>
internal sealed class NamedEnumConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(NamedEnumConverter<>).MakeGenericType(typeToConvert))!;
}
