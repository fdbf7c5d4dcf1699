namespace Platform.Api.Tests.Docs;

/// <summary>Pages that make claims about the code, held to them.</summary>
public sealed class SignInPathsTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private static readonly string[] Proofs = ["password", "currentPassword", "newPassword", "code", "challenge", "token", "admin"];

    [Fact]
    public async Task Page_NamesEveryCallThatTakesAProof()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations", "sign-in.md"));
        var schemas = (await host.ReadDocumentAsync()).GetProperty("components").GetProperty("schemas");
        var named = 0;
        foreach (var operation in await host.ReadOperationsAsync())
        {
            if (!operation.Json.TryGetProperty("requestBody", out var body)) continue;
            var schema = body.GetProperty("content").EnumerateObject().First().Value.GetProperty("schema");
            if (schema.TryGetProperty("$ref", out var reference)) schema = schemas.GetProperty(reference.GetString()!.Split('/')[^1]);
            if (!schema.TryGetProperty("properties", out var members) || !members.EnumerateObject().Any(member => Proofs.Contains(member.Name))) continue;
            page.ShouldContain($"`{operation}`", Case.Sensitive);
            named++;
        }

        named.ShouldBeGreaterThanOrEqualTo(10);
    }

    [Fact]
    public async Task Controls_NameTestsThatExist()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "security", "controls.md"));
        var sources = Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToArray();
        var named = page.Split('\n').Where(line => line.StartsWith('|') && line.Contains('`')).Select(line => line.Split('`')[^2]).ToArray();
        named.Length.ShouldBeGreaterThan(30);
        foreach (var test in named)
        {
            var parts = test.Split('.');
            sources.Any(source => source.Contains($"class {parts[0]}", StringComparison.Ordinal) && (parts.Length == 1 || source.Contains($" {parts[1]}(", StringComparison.Ordinal)))
                .ShouldBeTrue(test);
        }
    }
}
