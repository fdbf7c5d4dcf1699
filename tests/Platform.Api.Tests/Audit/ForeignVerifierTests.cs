using System.Diagnostics;

namespace Platform.Api.Tests.Audit;

/// <summary>
/// <c>docs/operations/verify-log.mjs</c>, which was written from the page alone and in another language, on what the platform gives out (RFC 8785; decision 68).
/// </summary>
public sealed class ForeignVerifierTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string Contents = """
        {"price":1.0,"share":1.10,"scale":1E2,"tiny":1e-7,"huge":1e21,"whole":100000000000000000000,"zero":-0.0,"third":0.3333333333333333,"max":1.7976931348623157e308,"least":5e-324,
         "\u20ac":"Euro","\r":"return","\ud83d\ude00":[{"b":1.50,"a":2.0e0}],"text":"\u000f\n\"\\/\u2028","1":true,"10":null,"9":[]}
        """;

    [Fact, Trait("Threat", "T73")]
    public async Task Export_WithNumbersInEverySpelling_IsFoundGoodByAVerifierInAnotherLanguage()
    {
        var owner = await host.NewTenantAsync();
        var (id, _) = await MakeScenarioAsync(owner, Contents);
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/scenarios/{id}", $$"""{"name":"x","kind":"scenario","content":[{{Contents}},2.50]}""", owner.Token, cookie: null, ("If-Match", "*")))
            .ShouldBe(HttpStatusCode.OK);

        var (export, checkpoints) = await ExportAsync(owner);

        (await RunNodeAsync(export, checkpoints)).ShouldBe((0, "GOOD"));
        (await OfflineCheck.RunAsync(export, checkpoints)).Exit.ShouldBe(0);
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events/verify", token: owner.Token)).Json.GetProperty("valid").GetBoolean().ShouldBeTrue();
    }

    [Theory, Trait("Threat", "T73")]
    [InlineData("1.1,", "1.2,")]
    [InlineData("\"name\":\"owner\"", "\"name\":\"other\"")]
    [InlineData("\"outcome\":\"success\"", "\"outcome\":\"failure\"")]
    public async Task Export_Altered_IsFoundOutByAVerifierInAnotherLanguage(string before, string after)
    {
        var owner = await host.NewTenantAsync();
        await MakeScenarioAsync(owner, Contents);
        var (export, checkpoints) = await ExportAsync(owner);
        export.ShouldContain(before);

        (await RunNodeAsync(export.Replace(before, after, StringComparison.Ordinal), checkpoints)).ShouldBe((1, "NOT GOOD"));
    }

    [Theory]
    [InlineData("9007199254740993", "/content")]
    [InlineData("""{"a":[1,{"b/c~d":1e400}]}""", "/content/a/1/b~1c~0d")]
    [InlineData("[3.14159265358979323846]", "/content/0")]
    public async Task Scenario_WithANumberThatADoubleCannotHold_Is400WithItsPointer(string content, string pointer)
    {
        var owner = await host.NewTenantAsync();

        (await MakeScenarioAsync(owner, content)).Answer.ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([(pointer, "number_not_exact")]);
    }

    private async Task<(string? Id, Answer Answer)> MakeScenarioAsync(TestUser owner, string content)
    {
        var answer = await host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/scenarios", $$"""{"name":"Prices","kind":"scenario","content":{{content}}}""", owner.Token);
        return (answer.Status == HttpStatusCode.Created ? answer.String("id") : null, answer);
    }

    private async Task<(string Export, string Checkpoints)> ExportAsync(TestUser owner)
    {
        var log = $"/v1/tenants/{owner.Slug}/audit-events";
        return ((await host.SendAsync("GET", log, token: owner.Token, headers: ("Accept", "application/x-ndjson"))).Text, (await host.SendAsync("GET", log + "/checkpoints", token: owner.Token)).Text);
    }

    private static async Task<(int Exit, string Verdict)> RunNodeAsync(string export, string checkpoints)
    {
        var folder = Directory.CreateTempSubdirectory("verify-log-");
        try
        {
            var (log, heads) = (Path.Combine(folder.FullName, "log.ndjson"), Path.Combine(folder.FullName, "checkpoints.json"));
            await File.WriteAllTextAsync(log, export);
            await File.WriteAllTextAsync(heads, checkpoints);
            using var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "verify-log.mjs"), log, heads])
            {
                UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
            await node.WaitForExitAsync();
            (await errors).ShouldBeEmpty();
            return (node.ExitCode, (await output).Split(':')[0]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
