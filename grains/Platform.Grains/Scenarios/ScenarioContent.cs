using System.Text.Json;
using Platform.Audit;

namespace Platform.Scenarios;

/// <summary>What the content of a scenario may not hold. Pure.</summary>
internal static class ScenarioContent
{
    private const int MaxFaults = 20;

    /// <summary>
    /// Numbers that the access log could not commit to: it writes them as doubles (RFC 8785), and a verifier in another language would read another number than was sent.
    /// </summary>
    public static IEnumerable<InputError> Check(string content)
    {
        var faults = new List<InputError>();
        using var document = JsonDocument.Parse(content);
        Check(document.RootElement, "/content", faults);
        return faults.Take(MaxFaults);
    }

    private static void Check(JsonElement value, string pointer, List<InputError> faults)
    {
        if (faults.Count >= MaxFaults) return;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject()) Check(member.Value, JsonPointer.Join(pointer, member.Name), faults);
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray()) Check(item, $"{pointer}/{index++}", faults);
                break;
            case JsonValueKind.Number when !CanonicalNumber.IsExact(value.GetRawText()):
                faults.Add(new InputError(pointer, "number_not_exact", "A double (IEEE 754) cannot hold this number exactly. Send it as a string."));
                break;
        }
    }
}
