using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Platform.Process.Tests.Operations;

/// <summary>compose.yaml as maps, lists and texts, anchors and merges resolved.</summary>
internal static class ComposeFile
{
    public static Dictionary<string, object?> Parse(string text)
    {
        var parser = new MergingParser(new Parser(new StringReader(text)));
        return (Dictionary<string, object?>)Plain(new DeserializerBuilder().Build().Deserialize(parser))!;
    }

    private static object? Plain(object? node) => node switch
    {
        Dictionary<object, object> map => map.ToDictionary(entry => (string)entry.Key, entry => Plain(entry.Value), StringComparer.Ordinal),
        List<object> list => list.Select(Plain).ToList(),
        _ => node,
    };
}
