namespace Platform.Api.Tests.Hosting;

/// <summary>One call that the OpenAPI document describes.</summary>
internal sealed record ApiOperation(string Method, string Path, JsonElement Json)
{
    public bool NeedsASession => !IsForPages && Json.TryGetProperty("security", out _);

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

    public static async Task<IReadOnlyList<ApiOperation>> ReadOperationsAsync(this PlatformHost host) =>
    [
        .. (await host.ReadDocumentAsync()).GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(call => Methods.Contains(call.Name)).Select(call => new ApiOperation(call.Name.ToUpperInvariant(), path.Name, call.Value))),
    ];
}
