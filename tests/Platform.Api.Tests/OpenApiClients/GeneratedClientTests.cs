using System.Reflection;

namespace Platform.Api.Tests.OpenApiClients;

/// <summary>Clients that generators make of the OpenAPI document compile strictly and work with a host: a walk in each language (decision 0105).</summary>
[Trait("Database", "Unused"), Trait("Pace", "Slow")]
public sealed class GeneratedClientTests(PlatformHost host, OpenApiTools tools) : IClassFixture<PlatformHost>, IClassFixture<OpenApiTools>
{
    [Fact]
    public async Task TypeScript_CompilesStrictlyAndWalks()
    {
        var owner = await host.NewTenantAsync();
        await tools.WriteDocumentAsync(host);
        await tools.GenerateTypesAsync();
        await Tool.RunAsync(tools.Node("tsc"));

        var walk = tools.Node("tsc");
        (walk.FileName, walk.Environment["NODE_EXTRA_CA_CERTS"]) = ("node", Path.Combine(host.Folder, "tls", "localhost.pem"));
        foreach (var (name, value) in new[] { ("PLATFORM", host.Address.GetLeftPart(UriPartial.Authority)), ("TENANT", owner.Slug), ("USERNAME", owner.Username), ("PASSWORD", owner.Password) }) walk.Environment[name] = value;
        walk.ArgumentList.Add("walk.js");

        (await Tool.RunAsync(walk)).Trim().ShouldBe("""{"token":true,"validated":204,"usernames":["owner"],"next":null,"foreign":true,"faults":["/sessionPolicy/idleTimeout"]}""");
    }

    [Fact]
    public async Task CSharp_CompilesAndWalks()
    {
        var owner = await host.NewTenantAsync();
        await tools.WriteDocumentAsync(host);
        var files = await tools.GenerateClassesAsync();
        files.Length.ShouldBeGreaterThan(100);

        var assembly = Compiled.From([.. files, Path.Combine(Repository.Root, "tests", "Platform.Api.Tests", "OpenApiClients", "CSharp", "Walk.cs")]);
        var walk = assembly.GetType("Walk", throwOnError: true)!.GetMethod("RunAsync", BindingFlags.Public | BindingFlags.Static)!;

        var notes = await (Task<IReadOnlyList<string>>)walk.Invoke(null, [host.Client, owner.Slug, owner.Username, owner.Password])!;

        notes.ShouldBe([$"owner Active {host.Time.GetUtcNow():yyyy}", "404 Not_found", "400 Invalid_request /sessionPolicy/idleTimeout"]);
    }
}
