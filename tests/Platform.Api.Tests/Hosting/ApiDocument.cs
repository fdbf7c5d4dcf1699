using System.Text.Json.Nodes;

namespace Platform.Api.Tests.Hosting;

/// <summary>One call that the OpenAPI document describes.</summary>
internal sealed record ApiOperation(string Method, string Path, JsonElement Json)
{
    /// <summary>It names a session or a key, and nothing that is none.</summary>
    public bool NeedsASession => !IsForPages && Schemes is [_, ..] schemes && schemes.All(scheme => scheme is not (null or "statusToken"));

    /// <summary>The ways in which a caller may prove who it is, in the order of the document; null: it may do without.</summary>
    private string?[] Schemes => [.. Json.GetProperty("security").EnumerateArray().Select(one => one.EnumerateObject().Select(scheme => scheme.Name).SingleOrDefault())];

    /// <summary>Refuses every caller that is no page of a proven domain, whatever it presents.</summary>
    public bool IsForPages => Path.StartsWith("/v1/snippets/", StringComparison.Ordinal);

    /// <summary>How it refuses whoever it does not know: back ends come with keys, all others with sessions.</summary>
    public string CodeForStrangers => Path.StartsWith("/v1/introspect", StringComparison.Ordinal) ? "api_key_invalid" : "session_invalid";

    public override string ToString() => $"{Method} {Path}";
}

/// <summary>What the platform says of itself, for tests that walk all of it.</summary>
internal static class ApiDocument
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    public static async Task<JsonElement> ReadDocumentAsync(this PlatformHost host) => (await host.SendAsync("GET", "/openapi/v1.json")).ShouldBe(HttpStatusCode.OK).Json;

    /// <summary>Each with the answers and the schema of the body to which it refers.</summary>
    public static async Task<IReadOnlyList<ApiOperation>> ReadOperationsAsync(this PlatformHost host)
    {
        var document = JsonNode.Parse((await host.ReadDocumentAsync()).GetRawText())!;
        return
        [
            .. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Where(call => Methods.Contains(call.Key))
                .Select(call => new ApiOperation(call.Key.ToUpperInvariant(), path.Key, JsonSerializer.SerializeToElement(Resolve(document, call.Value!.AsObject()))))),
        ];
    }

    private static JsonObject Resolve(JsonNode document, JsonObject operation)
    {
        foreach (var name in operation["responses"]!.AsObject().Select(answer => answer.Key).ToArray()) operation["responses"]![name] = Target(document, operation["responses"]![name]!);
        foreach (var content in operation["requestBody"]?["content"]?.AsObject().ToArray() ?? []) content.Value!["schema"] = Target(document, content.Value["schema"]!);
        return operation;
    }

    private static JsonNode Target(JsonNode document, JsonNode node) =>
        (node["$ref"]?.GetValue<string>() is { } reference ? reference.Split('/').Skip(1).Aggregate(document, (inner, step) => inner[step]!) : node).DeepClone();
}
