using System.Text.RegularExpressions;
using Platform.Tenants;

namespace Platform.Api.Tests.Docs;

/// <summary>What the OpenAPI document says of each call, told in terms of what to write where.</summary>
public sealed partial class OperationDocsTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task EveryOperation_HasAnIdThatIsAVerbAndANoun()
    {
        var ids = new List<string>();
        foreach (var operation in await host.ReadOperationsAsync())
        {
            var id = operation.Json.TryGetProperty("operationId", out var given) ? given.GetString()! : "";
            Id().IsMatch(id).ShouldBeTrue($"{operation}: where it is mapped, give it a name such as .WithName(\"listUsers\"); generated clients call it by that. It has '{id}'.");
            ids.Add(id);
        }

        ids.ShouldBeUnique("Two calls have one name (.WithName).");
    }

    [Fact]
    public async Task EveryOperation_HasAShortSummaryAndADescription()
    {
        foreach (var operation in await host.ReadOperationsAsync())
        {
            var summary = operation.Json.GetProperty("summary").GetString()!;
            summary.Length.ShouldBeLessThan(60, $"{operation}: .WithSummary is a title of a few words; sentences go into .WithDescription.");
            summary.ShouldNotEndWith(".", $"{operation}: .WithSummary is a title.");
            operation.Json.TryGetProperty("description", out var description).ShouldBeTrue($"{operation}: say in .WithDescription what it does, and in brackets who may.");
            description.GetString()!.ShouldMatch(@"[.?!]$", $"{operation}: .WithDescription is sentences.");
        }
    }

    [Fact]
    public async Task EveryGroup_IsDescribed()
    {
        foreach (var tag in (await host.ReadDocumentAsync()).GetProperty("tags").EnumerateArray())
        {
            tag.TryGetProperty("description", out _).ShouldBeTrue($"Describe the group '{tag.GetProperty("name")}' in api/Docs/Tags.cs.");
        }
    }

    [Fact]
    public async Task EveryParameter_IsDescribedAndThoseOfPathsHaveAnExample()
    {
        foreach (var operation in await host.ReadOperationsAsync())
        {
            foreach (var parameter in operation.Json.TryGetProperty("parameters", out var parameters) ? [.. parameters.EnumerateArray()] : Array.Empty<JsonElement>())
            {
                var at = $"{operation} {parameter.GetProperty("name")}";
                parameter.TryGetProperty("description", out _).ShouldBeTrue($"{at}: describe it, a place of a path in api/Docs/ParameterDescription.cs.");
                if (parameter.GetProperty("in").GetString() == "path") parameter.TryGetProperty("example", out _).ShouldBeTrue(at);
            }
        }
    }

    [Fact]
    public async Task EveryAnswer_SaysItsMediaTypeAndHasAnExampleInJson()
    {
        foreach (var operation in await host.ReadOperationsAsync())
        {
            var good = operation.Json.GetProperty("responses").EnumerateObject().Where(answer => answer.Name[0] == '2').ToArray();
            good.Length.ShouldBe(1, $"{operation}");
            var hasBody = good[0].Value.TryGetProperty("content", out var content);
            hasBody.ShouldBe(good[0].Name is "200" or "201" || content.ValueKind != JsonValueKind.Undefined, $"{operation}: an answer that is no JSON says .AnswersAs(\"media/type\").");
            if (hasBody && content.TryGetProperty("application/json", out var json) && operation.Path.StartsWith("/v1", StringComparison.Ordinal)) json.TryGetProperty("example", out _).ShouldBeTrue($"{operation}");
        }
    }

    [Theory]
    [InlineData("POST /v1/session/validate", "204", "")]
    [InlineData("POST /v1/tenants/{tenant}/users", "201", "application/json")]
    [InlineData("POST /v1/tenants/{tenant}/users/{id}/export", "200", "application/zip")]
    [InlineData("GET /v1/tenants/{tenant}/audit-events", "200", "application/json application/x-ndjson text/csv")]
    [InlineData("GET /s/{id}.js", "200", "text/javascript")]
    [InlineData("GET /docs", "200", "text/html")]
    [InlineData("GET /.well-known/security.txt", "200", "text/plain")]
    [InlineData("GET /readyz", "200", "application/json")]
    [InlineData("GET /readyz", "503", "application/json")]
    public async Task Answer_OfACall_HasItsStatusAndMediaTypes(string call, string status, string types)
    {
        var answer = (await host.ReadOperationsAsync()).Single(operation => $"{operation}" == call).Json.GetProperty("responses").GetProperty(status);
        string.Join(' ', answer.TryGetProperty("content", out var content) ? content.EnumerateObject().Select(type => type.Name) : []).ShouldBe(types);
    }

    [Theory]
    [InlineData("POST /v1/sign-in", "[{}]")]
    [InlineData("POST /v1/sign-out", """[{"cookie":[]},{"bearer":[]},{}]""")]
    [InlineData("GET /v1/me", """[{"cookie":[]},{"bearer":[]}]""")]
    [InlineData("GET /v1/tenants/{tenant}/users", """[{"cookie":[]},{"bearer":[]},{"apiKey":[]}]""")]
    [InlineData("POST /v1/introspect", """[{"apiKey":[]},{"clientSecret":[]}]""")]
    [InlineData("GET /v1/vulnerability-reports/{id}", """[{"statusToken":[]}]""")]
    [InlineData("GET /v1/snippets/{id}/session", """[{"pageCookie":[]},{"bearer":[]}]""")]
    public async Task Security_OfACall_NamesWhatItTakes(string call, string expected) =>
        JsonSerializer.Serialize((await host.ReadOperationsAsync()).Single(operation => $"{operation}" == call).Json.GetProperty("security")).ShouldBe(expected);

    /// <summary>Each status that the code answers is a form of the answer, by which clients tell them apart.</summary>
    [Fact]
    public async Task SignInAnswer_HasAFormForEveryStatusOfTheCode()
    {
        var schema = (await host.ReadDocumentAsync()).GetProperty("components").GetProperty("schemas").GetProperty("SignInAnswer");
        var said = schema.GetProperty("discriminator").GetProperty("mapping").EnumerateObject().Select(form => form.Name).Order(StringComparer.Ordinal).ToArray();
        schema.GetProperty("oneOf").GetArrayLength().ShouldBe(said.Length);
        var code = string.Concat(Directory.GetFiles(Path.Combine(Repository.Root, "api", "SignIn"), "*.cs").Select(File.ReadAllText));

        Status().Matches(code).Select(match => match.Groups["status"].Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ShouldBe(said, ignoreOrder: false, "Add the status to the table in api/Docs/SignInAnswers.cs, one line.");
    }

    /// <summary>Comments of the code become descriptions: they name members as callers know them.</summary>
    [Fact]
    public async Task Texts_NameNoTypeOfTheCode()
    {
        var types = new[] { typeof(PlatformApiExtensions).Assembly, typeof(ITenantGrain).Assembly }.SelectMany(assembly => assembly.GetTypes())
            .Select(type => type.Name).Where(name => CodeName().IsMatch(name)).ToHashSet(StringComparer.Ordinal);
        types.Count.ShouldBeGreaterThan(200);
        var document = await host.ReadDocumentAsync();
        var texts = Descriptions(document).ToArray();
        texts.Length.ShouldBeGreaterThan(500);

        texts.Where(text => Word().Matches(text).Any(word => types.Contains(word.Value)) || text.Contains("&lt;", StringComparison.Ordinal) || text.Contains("string?", StringComparison.Ordinal))
            .ShouldBeEmpty("In the comment of a body write <c>member</c>, not <see cref>.");
        document.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(schema => schema.Name)
            .Where(name => name.Contains("Body", StringComparison.Ordinal) || name.Contains("ListOf", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static IEnumerable<string> Descriptions(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => member is { Name: "description", Value.ValueKind: JsonValueKind.String } ? [member.Value.GetString()!] : Descriptions(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Descriptions),
        _ => [],
    };

    [GeneratedRegex("^[a-z]+([A-Z][a-z0-9]*)*$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Id();

    [GeneratedRegex("\"(?<status>signed_in|[a-z_]+_required)\"", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Status();

    [GeneratedRegex("^[A-Z][a-z]+([A-Z][a-z]+)+$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex CodeName();

    [GeneratedRegex(@"\b[A-Z]\w+", RegexOptions.None, 1_000)]
    private static partial Regex Word();
}
