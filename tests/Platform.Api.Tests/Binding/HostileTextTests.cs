using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Platform.Api.Tests.Binding;

/// <summary>Text that a database cannot hold or compare is the caller's fault wherever it is put in, and never looks like an outage (threat T90).</summary>
public sealed class HostileTextTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    /// <summary>As they stand in an address.</summary>
    private static readonly string[] Escaped =
    [
        "%00", "a%00", "5%00", "%00ten_0", "%EF%BF%BE", "%ED%A0%80", "%F0%9F%98%80", "%F4%8F%BF%BF", "%C0%80", "%", "%27%3B--", "%0A", "%E2%80%AE", "-1", "05", "%2B5", "1e3",
        "99999999999999999999", "2026-11-28T00%3A00%3A00Z%00", "usr_00000000000000000000000000000000%00", new string('x', 3_000),
    ];

    private static readonly string[] Texts = ["\0", "a\0b", "10.0.0.0/8\0", "PT30M\0", "\nPT30M ", "a\ufffe", "\uffff", "\U0010ffff", new string('\u0301', 400)];

    [Fact, Trait("Threat", "T90")]
    public async Task QueryParameters_OfEveryOperation_AreTakenOrRefusedAndNeverAnOutage()
    {
        var owner = await host.NewTenantAsync("enterprise");
        var cells = 0;
        foreach (var operation in (await host.ReadOperationsAsync()).Where(operation => operation.Method == "GET"))
        {
            var token = operation.Path.StartsWith("/v1/operator/", StringComparison.Ordinal) ? await host.OperatorTokenAsync() : owner.Token;
            foreach (var name in QueryOf(operation))
            {
                foreach (var value in Escaped)
                {
                    var answer = await host.SendAsync("GET", $"{Fill(operation.Path, owner)}?{name}={value}", token: token);

                    ((int)answer.Status).ShouldBeLessThan(500, $"{operation} with {name}={value}: {answer.Text}");
                    cells++;
                }
            }
        }

        cells.ShouldBeGreaterThan(300);
        NothingFailed();
    }

    [Fact, Trait("Threat", "T90")]
    public async Task Paths_OfEveryOperation_AreTakenOrRefusedAndNeverAnOutage()
    {
        var owner = await host.NewTenantAsync("enterprise");
        foreach (var operation in (await host.ReadOperationsAsync()).Where(operation => operation.Path.Contains('{', StringComparison.Ordinal)))
        {
            foreach (var value in Escaped.Where(value => value.Length < 1_000))
            {
                // The last parameter: what is before it exists, so that the call gets as far as it can.
                var at = operation.Path.LastIndexOf('{');
                var path = Fill(operation.Path[..at], owner) + value + operation.Path[(operation.Path.IndexOf('}', at) + 1)..];

                var answer = await host.SendAsync(operation.Method, path, operation.Method is "GET" or "DELETE" ? null : "{}", owner.Token, cookie: null, ("If-Match", "*"));

                ((int)answer.Status).ShouldBeInRange(300, 499, $"{operation} as {path}: {answer.Text}");
            }
        }

        NothingFailed();
    }

    [Fact, Trait("Threat", "T90")]
    public async Task Bodies_OfEveryOperation_AreTakenOrRefusedAndNeverAnOutage()
    {
        var owner = await host.NewTenantAsync("enterprise");
        var scenario = (await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/scenarios", new { name = "x", kind = "scenario", content = 1 }, owner.Token)).String("id")!;
        var cells = 0;
        foreach (var operation in await host.ReadOperationsAsync())
        {
            if (Example(operation) is not { } example) continue;
            var token = operation.Path.StartsWith("/v1/operator/", StringComparison.Ordinal) ? await host.OperatorTokenAsync() : owner.Token;
            foreach (var pointer in Leaves(example, []))
            {
                foreach (var text in Texts)
                {
                    var body = example.DeepClone();
                    Put(body, pointer, text);
                    var answer = await host.SendAsync(operation.Method, Fill(operation.Path, owner, scenario), body.ToJsonString(), token, cookie: null, ("If-Match", "*"));

                    ((int)answer.Status).ShouldBeLessThan(500, $"{operation} with {string.Join('/', pointer)} = {JsonSerializer.Serialize(text)}: {answer.Text}");
                    cells++;
                }
            }
        }

        cells.ShouldBeGreaterThan(200);
        NothingFailed();
    }

    [Theory, Trait("Threat", "T90")]
    [InlineData("actor", "a%00")]
    [InlineData("target", "%00")]
    [InlineData("actor", "%EF%BF%BE")]
    [InlineData("target", "a%20b")]
    [InlineData("limit", "5%00")]
    [InlineData("limit", "05")]
    [InlineData("from", "2026-11-28T00:00:00Z%00")]
    public async Task AuditFilter_InAnotherSpelling_Is400(string name, string value)
    {
        var owner = await host.NewTenantAsync();

        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?{name}={value}", token: owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Theory, Trait("Threat", "T63")]
    [InlineData("10.0.0.0/8\0")]
    [InlineData("10.0.0.0\0/8")]
    [InlineData("10.0.0.1\0")]
    [InlineData("10.0.0.0/8 ")]
    [InlineData("::1\0")]
    [InlineData("10.0.0.0/08")]
    public async Task Cidr_InAnotherSpelling_Is400(string cidr)
    {
        var owner = await host.NewTenantAsync("enterprise");
        (await host.ChangeTenantAsync(owner.Slug, new { features = new { ipRules = true } })).ShouldBe(HttpStatusCode.OK);

        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/ip-rules", new { rules = new[] { new { cidr, action = "allow", appliesTo = "api-keys" } } }, owner.Token))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Theory]
    [InlineData("\nPT30M ")]
    [InlineData("PT30M\0")]
    [InlineData(" PT30M")]
    [InlineData("pt30m")]
    public async Task Duration_InAnotherSpelling_Is400(string idleTimeout)
    {
        var owner = await host.NewTenantAsync();

        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { sessionPolicy = new { idleTimeout, absoluteTimeout = "PT12H" } }, owner.Token))
            .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/sessionPolicy/idleTimeout", "wrong_type")]);
    }

    private void NothingFailed()
    {
        host.Logs.At(LogLevel.Error).ShouldBeEmpty();
        host.Logs.Text.ShouldNotContain("Storage began to fail");
        host.Logs.Text.ShouldNotContain("Storage refused an operation");
    }

    private static IEnumerable<string> QueryOf(ApiOperation operation) => operation.Json.TryGetProperty("parameters", out var parameters)
        ? parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "query").Select(parameter => parameter.GetProperty("name").GetString()!)
        : [];

    private static string Fill(string path, TestUser owner, string? scenario = null)
    {
        var parts = path.Split('/');
        for (var i = 1; i < parts.Length; i++)
        {
            if (parts[i] == "{tenant}") parts[i] = owner.Slug;
            else if (parts[i].StartsWith('{')) parts[i] = parts[i - 1] == "scenarios" && scenario is not null ? scenario : owner.Id;
        }

        return string.Join('/', parts);
    }

    private static JsonNode? Example(ApiOperation operation) =>
        operation.Json.TryGetProperty("requestBody", out var body)
        && body.GetProperty("content").TryGetProperty("application/json", out var json)
        && json.TryGetProperty("example", out var example)
            ? JsonNode.Parse(example.GetRawText())
            : null;

    private static IEnumerable<object[]> Leaves(JsonNode? node, object[] at) => node switch
    {
        JsonObject members => members.SelectMany(member => Leaves(member.Value, [.. at, member.Key])),
        JsonArray items => items.SelectMany((item, index) => Leaves(item, [.. at, index])),
        _ => [at],
    };

    private static void Put(JsonNode body, object[] pointer, string text)
    {
        foreach (var step in pointer[..^1]) body = step is string name ? body[name]! : body[(int)step]!;
        if (pointer[^1] is string member) body[member] = text;
        else body[(int)pointer[^1]] = text;
    }
}
