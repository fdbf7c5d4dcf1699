namespace Platform.Api.Tests.OpenApiClients;

/// <summary>Others' linters find nothing in the OpenAPI document, no warning either.</summary>
[Trait("Database", "Unused"), Trait("Pace", "Slow")]
public sealed class LinterTests(PlatformHost host, OpenApiTools tools) : IClassFixture<PlatformHost>, IClassFixture<OpenApiTools>
{
    private const string WhatToDo =
        """
        Where a call is mapped it says .WithName("verbNoun").WithSummary("Short").WithDescription("Sentences."), .AnswersAs("media/type") where its answer is no JSON, and .Refuses(...).
        In api/Docs: Tags.cs describes groups, ParameterDescription.cs places in paths, Examples.cs bodies, SchemaExample.cs members of answers.
        """;

    [Fact]
    public async Task Spectral_FindsNothing()
    {
        await tools.WriteDocumentAsync(host);

        var (code, output, errors) = await Tool.TryRunAsync(tools.Node("spectral", "lint", "openapi.json", "--ruleset", ".spectral.yaml", "--fail-severity", "hint", "--format", "text"));

        code.ShouldBe(0, $"{WhatToDo}\n{output}{errors}");
        output.ShouldContain("No results");
    }

    [Fact]
    public async Task Redocly_FindsNothing()
    {
        await tools.WriteDocumentAsync(host);

        var (_, output, errors) = await Tool.TryRunAsync(tools.Node("redocly", "lint", "openapi.json", "--config", "redocly.yaml", "--max-problems", "1000", "--format", "json"));

        var result = JsonElement.Parse(output);
        var problems = result.GetProperty("problems").EnumerateArray().Select(problem =>
            $"{problem.GetProperty("ruleId")}: {problem.GetProperty("message")} {problem.GetProperty("location")[0].GetProperty("pointer")}").ToArray();
        problems.ShouldBeEmpty($"{WhatToDo}\n{errors}");
        result.GetProperty("totals").GetProperty("errors").GetInt32().ShouldBe(0);
    }
}
