using System.Text.Json.Nodes;
using Platform.Api.Tests.Authorization;
using Platform.Api.Tests.Snippets;

namespace Platform.Api.Tests.Binding;

/// <summary>Every operation of the OpenAPI document, by whoever may call it, with its example and one thing in it that the platform does not know.</summary>
public sealed class UnknownInputWalkTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string Unknown = "zzUnknown";
    private const string Secret = "Kept-To-Myself-42";

    [Fact, Trait("Threat", "T90")]
    public async Task EveryOperation_WithOneUnknownMemberOrParameter_Is400AndChangesNothing()
    {
        var walk = new IsolationWalk(host);
        await walk.ReadAsync();
        var owner = await host.NewTenantAsync("enterprise");
        var objects = await walk.MakeObjectsAsync(owner);
        var key = (await host.NewKeyAsync(owner, "introspect")).Text;
        var @operator = await host.OperatorTokenAsync();
        (await host.AddDomainAsync(owner, objects["snippets"], "a.test")).ShouldBe(HttpStatusCode.OK);
        var before = await walk.DumpAsync();
        var (bodies, queries) = (0, 0);

        foreach (var operation in (await host.ReadOperationsAsync()).Where(operation => operation.Path.StartsWith("/v1/", StringComparison.Ordinal)))
        {
            var target = IsolationWalk.Fill(operation.Path, owner.Slug, objects);
            var token = operation.Path.StartsWith("/v1/introspect", StringComparison.Ordinal) ? key
                : operation.Path.StartsWith("/v1/operator/", StringComparison.Ordinal) ? @operator
                : owner.Token;
            var example = Example(operation);
            foreach (var (pointer, body) in Spoilt(example))
            {
                var answer = await SendAsync(operation, target, body, token);
                answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([(pointer, "unknown_member")], $"{operation}");
                answer.Text.ShouldNotContain(Secret);
                bodies++;
            }

            var asked = await SendAsync(operation, $"{target}?{Unknown}={Secret}", example?.ToJsonString(), token);
            asked.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([($"?{Unknown}", "unknown_parameter")], $"{operation}");
            asked.Text.ShouldNotContain(Secret);
            operation.Json.GetProperty("responses").TryGetProperty("400", out _).ShouldBeTrue($"{operation}");
            queries++;
        }

        (await walk.DumpAsync()).ShouldBe(before);
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        bodies.ShouldBeGreaterThanOrEqualTo(30);
        queries.ShouldBeGreaterThanOrEqualTo(70);
    }

    [Fact]
    public async Task Document_SaysOfEveryBodyThatItIsClosed_AndOfNoAnswer()
    {
        var document = await host.ReadDocumentAsync();
        var closed = 0;
        foreach (var operation in await host.ReadOperationsAsync())
        {
            operation.Json.GetProperty("responses").GetRawText().ShouldNotContain("additionalProperties", Case.Sensitive, $"{operation}");
            if (Example(operation) is null) continue;
            foreach (var schema in Objects(operation.Json.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema")))
            {
                schema.GetProperty("additionalProperties").GetBoolean().ShouldBeFalse($"{operation}");
                closed++;
            }
        }

        closed.ShouldBeGreaterThanOrEqualTo(30);
        foreach (var schema in document.GetProperty("components").GetProperty("schemas").EnumerateObject().Where(schema => !schema.Name.EndsWith("Request", StringComparison.Ordinal)))
        {
            schema.Value.GetRawText().ShouldNotContain("\"additionalProperties\":false", Case.Sensitive, schema.Name);
            schema.Value.GetRawText().ShouldNotContain("\"additionalProperties\": false", Case.Sensitive, schema.Name);
        }
    }

    private Task<Answer> SendAsync(ApiOperation operation, string target, string? body, string token) => host.SendAsync(
        operation.Method,
        target,
        operation.Path == "/v1/introspect" ? ApiKeyCalls.Form("token=x") : body,
        token,
        cookie: null,
        [("If-Match", "*"), .. operation.IsForPages ? [("Origin", "https://a.test")] : Array.Empty<(string, string)>()]);

    private static JsonNode? Example(ApiOperation operation) =>
        operation.Json.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out var json)
            ? JsonNode.Parse(json.GetProperty("example").GetRawText())
            : null;

    /// <summary>The body once for each object in it, with one more member there. What is free-form stays as it is.</summary>
    private static IEnumerable<(string Pointer, string Body)> Spoilt(JsonNode? example)
    {
        foreach (var at in example is null ? [] : Pointers(example, ""))
        {
            var body = example!.DeepClone();
            var node = at.Split('/').Skip(1).Aggregate(body, (inner, step) => inner is JsonArray items ? items[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]! : inner[step]!);
            node.AsObject().Add(Unknown, Secret);
            yield return ($"{at}/{Unknown}", body.ToJsonString());
        }
    }

    private static IEnumerable<string> Pointers(JsonNode? node, string at) => node switch
    {
        JsonObject members => members.Where(member => member.Key != "content").SelectMany(member => Pointers(member.Value, $"{at}/{member.Key}")).Prepend(at),
        JsonArray items => items.SelectMany((item, index) => Pointers(item, $"{at}/{index}")),
        _ => [],
    };

    private static IEnumerable<JsonElement> Objects(JsonElement schema)
    {
        if (schema.TryGetProperty("items", out var items)) return Objects(items);
        return schema.TryGetProperty("properties", out var members) ? members.EnumerateObject().SelectMany(member => Objects(member.Value)).Prepend(schema) : [];
    }
}
