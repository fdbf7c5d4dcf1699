using System.Buffers;
using System.Text;
using System.Text.Json;
using Platform.Text;

namespace Platform.Scenarios;

/// <summary>What a change did, with before and after: objects member by member, everything else as a whole. Pure.</summary>
internal static class ScenarioChanges
{
    public static string Between(StoredScenario? before, StoredScenario after)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        WriteText(json, "/name", before?.Name, after.Name);
        WriteText(json, "/kind", SnakeCase.Of(before?.Kind), SnakeCase.Of(after.Kind));
        WriteText(json, "/status", SnakeCase.Of(before?.Status), SnakeCase.Of(after.Status));
        if (before?.Content != after.Content)
        {
            using var old = before is null ? null : JsonDocument.Parse(before.Content);
            using var current = JsonDocument.Parse(after.Content);
            Compare(json, "/content", old?.RootElement, current.RootElement);
        }

        json.WriteEndArray();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Compare(Utf8JsonWriter json, string path, JsonElement? before, JsonElement? after)
    {
        if (before is { ValueKind: JsonValueKind.Object } old && after is { ValueKind: JsonValueKind.Object } current)
        {
            foreach (var member in old.EnumerateObject())
            {
                Compare(json, JsonPointer.Join(path, member.Name), member.Value, current.TryGetProperty(member.Name, out var kept) ? kept : null);
            }

            foreach (var member in current.EnumerateObject())
            {
                if (!old.TryGetProperty(member.Name, out _)) Compare(json, JsonPointer.Join(path, member.Name), null, member.Value);
            }

            return;
        }

        if (before is { } a && after is { } b && JsonElement.DeepEquals(a, b)) return;
        json.WriteStartObject();
        json.WriteString("path", path);
        Write(json, "before", before);
        Write(json, "after", after);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, JsonElement? value)
    {
        if (value is not { } present) return;
        json.WritePropertyName(name);
        present.WriteTo(json);
    }

    private static void WriteText(Utf8JsonWriter json, string path, string? before, string after)
    {
        if (before == after) return;
        json.WriteStartObject();
        json.WriteString("path", path);
        if (before is not null) json.WriteString("before", before);
        json.WriteString("after", after);
        json.WriteEndObject();
    }
}
