using System.Diagnostics;
using Platform.Api.Tests.Docs;

namespace Platform.Api.Tests.OpenApiClients;

/// <summary>The examples of <c>/docs</c> are right: all of them compile, and a walk of them runs as it is pasted.</summary>
[Trait("Database", "Unused"), Trait("Pace", "Slow")]
public sealed class ExampleTests(PlatformHost host, OpenApiTools tools) : IClassFixture<PlatformHost>, IClassFixture<OpenApiTools>
{
    /// <summary>In the order in which a newcomer would paste them; the operator makes the tenant of which all others speak.</summary>
    private static readonly (string Call, string Expected)[] Walk =
    [
        ("post-v1-operator-tenants", "\"slug\":\"acme\""),
        ("post-v1-sign-in", "\"status\":\"signed_in\""),
        ("get-v1-session", "\"username\":\"alice\""),
        ("post-v1-session-validate", ""),
        ("post-v1-tenants-tenant-users", "\"username\":\"bob\""),
        ("get-v1-tenants-tenant-users", "\"nextCursor\":null"),
        ("post-v1-tenants-tenant-scenarios", "\"name\":\"Spring sale\""),
        ("put-v1-tenants-tenant-ip-rules", "edition_required"),
        ("post-v1-sign-out", ""),
    ];

    [Fact]
    public async Task TypeScript_OfEveryCall_CompilesStrictly()
    {
        await tools.WriteDocumentAsync(host);
        await tools.GenerateTypesAsync();
        var page = (await host.SendAsync("GET", "/docs")).Text;
        var examples = DocsExamples.Of(page, "TypeScript");
        examples.Count.ShouldBeGreaterThan(100);
        var prelude = DocsExamples.Prelude(page, "TypeScript").Replace("./platform", "./schema.js", StringComparison.Ordinal);
        await File.WriteAllTextAsync(tools.At("examples.ts"), $"declare const token: string;\n{prelude}\n{string.Join('\n', examples.Select(example => $"// {example.Key}\n{{\n{example.Value}\n}}"))}");

        await Tool.RunAsync(tools.Node("tsc", "--noEmit"));
    }

    [Fact]
    public async Task CSharp_OfEveryCall_Compiles()
    {
        var page = (await host.SendAsync("GET", "/docs")).Text;
        var examples = DocsExamples.Of(page, "C#");
        examples.Count.ShouldBeGreaterThan(100);

        Compiled.FaultsOf($$"""
            using System;
            using System.Collections.Generic;
            using System.Net.Http;
            {{DocsExamples.Prelude(page, "C#")}}
            var token = "";
            {{string.Join('\n', examples.Select(example => $"{{\n{example.Value}\n}}"))}}
            """).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("curl")]
    [InlineData("Python")]
    public async Task Walk_Pasted_IsAnsweredAsTheExamplesSay(string language)
    {
        await using var own = await new PlatformHost().StartedAsync();
        var page = (await own.SendAsync("GET", "/docs")).Text;
        var examples = DocsExamples.Of(page, language);
        var token = await own.OperatorTokenAsync();
        foreach (var (call, expected) in Walk)
        {
            var output = await RunAsync(language, own, page, examples[call], token);
            output.Replace(" ", "", StringComparison.Ordinal).ShouldContain(expected.Replace(" ", "", StringComparison.Ordinal), Case.Sensitive, $"{call}: {output}");
            if (call == "post-v1-sign-in") token = (await own.SignInAsync("acme", "alice", "correct-Horse-7-battery")).Token;
        }

        (await own.ValidateAsync(token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    [Fact]
    public async Task Python_OfEveryCall_Compiles()
    {
        var page = (await host.SendAsync("GET", "/docs")).Text;
        var examples = DocsExamples.Of(page, "Python");
        var program = string.Join('\n', examples.Values.Prepend(DocsExamples.Prelude(page, "Python")));

        await Tool.RunAsync(new ProcessStartInfo("python3", ["-c", "import sys; compile(sys.stdin.read(), 'examples', 'exec')"]), program);
    }

    private static async Task<string> RunAsync(string language, PlatformHost own, string page, string example, string token)
    {
        var (address, certificate) = (own.Address.GetLeftPart(UriPartial.Authority), Path.Combine(own.Folder, "tls", "localhost.pem"));
        if (language == "curl") return await Tool.RunAsync(new ProcessStartInfo("bash", ["-c", example.Replace("curl ", $"curl -s --cacert '{certificate}' ", StringComparison.Ordinal)]) { Environment = { ["PLATFORM"] = address, ["TOKEN"] = token } });
        var prelude = DocsExamples.Prelude(page, language).Replace("https://localhost:8443", address, StringComparison.Ordinal);
        var (_, output, errors) = await Tool.TryRunAsync(
            new ProcessStartInfo("python3", ["-c", $"token = '{token}'\n{prelude}\nfrom urllib.error import HTTPError\ntry:\n    {example.Replace("\n", "\n    ", StringComparison.Ordinal)}\nexcept HTTPError as failure:\n    print(failure.read())"]) { Environment = { ["SSL_CERT_FILE"] = certificate } });
        errors.ShouldBeEmpty();
        return output;
    }
}
