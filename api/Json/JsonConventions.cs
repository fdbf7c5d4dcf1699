using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform.Api.Json;

/// <summary>How JSON is written, and what of it holds for reading too (<see cref="StrictJson"/>).</summary>
internal static class JsonConventions
{
    public static void Apply(JsonSerializerOptions json)
    {
        json.PropertyNameCaseInsensitive = false;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.MaxDepth = 32;
        json.Converters.Add(new DurationConverter());
        json.Converters.Add(new UtcTimeConverter());
        json.Converters.Add(new NamedEnumConverterFactory());
    }
}
