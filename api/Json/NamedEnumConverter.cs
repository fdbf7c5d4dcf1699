using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Api.Json;

/// <summary>Exactly the names in snake case: no numbers, no other case, no lists (which the framework's converter would accept).</summary>
internal sealed class NamedEnumConverter<TEnum> : JsonConverter<TEnum> where TEnum : struct, Enum
{
    private static readonly (TEnum Value, string Name)[] Names =
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

/// <summary>For every enum, so that no domain has to say which ones it has.</summary>
internal sealed class NamedEnumConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(NamedEnumConverter<>).MakeGenericType(typeToConvert))!;
}
