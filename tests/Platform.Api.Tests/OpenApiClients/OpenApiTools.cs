using System.Diagnostics;

namespace Platform.Api.Tests.OpenApiClients;

/// <summary>Linters and generators that others wrote, of pinned versions (<c>package-lock.json</c>, <c>dotnet-tools.json</c>), with the document of a host in a folder of their own. Needs Node.js, npm and the SDK.</summary>
public sealed class OpenApiTools : IAsyncLifetime
{
    private static readonly string Source = Path.Combine(Repository.Root, "tests", "Platform.Api.Tests", "OpenApiClients");

    internal string Folder { get; } = Directory.CreateTempSubdirectory("platform-openapi-").FullName;

    public async ValueTask InitializeAsync()
    {
        await Tool.InstallNodePackagesAsync(Source);
        foreach (var name in (string[])[".spectral.yaml", "redocly.yaml", "tsconfig.json", "package.json", "walk.ts", "dotnet-tools.json"]) File.Copy(Path.Combine(Source, name), Path.Combine(Folder, name));
        Directory.CreateSymbolicLink(Path.Combine(Folder, "node_modules"), Path.Combine(Source, "node_modules"));
    }

    public ValueTask DisposeAsync()
    {
        // The link goes, not what it leads to.
        Directory.Delete(Path.Combine(Folder, "node_modules"));
        Directory.Delete(Folder, recursive: true);
        return default;
    }

    internal string At(string name) => Path.Combine(Folder, name);

    internal async Task WriteDocumentAsync(PlatformHost host) =>
        await File.WriteAllTextAsync(At("openapi.json"), (await host.SendAsync("GET", "/openapi/v1.json")).ShouldBe(HttpStatusCode.OK).Text);

    /// <summary>A command of one of the Node packages. It asks nobody for newer versions and tells nobody that it ran.</summary>
    internal ProcessStartInfo Node(string command, params string[] arguments) => new(Path.Combine(Folder, "node_modules", ".bin", command), arguments)
    {
        WorkingDirectory = Folder,
        Environment = { ["REDOCLY_TELEMETRY"] = "off", ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true" },
    };

    /// <summary>Types for TypeScript, of the document that was written before.</summary>
    internal Task GenerateTypesAsync() => Tool.RunAsync(Node("openapi-typescript", "openapi.json", "-o", "schema.d.ts"));

    /// <summary>Classes for C#, likewise.</summary>
    /// <returns>Their files.</returns>
    internal async Task<string[]> GenerateClassesAsync()
    {
        await Tool.RunAsync(new ProcessStartInfo("dotnet", ["tool", "restore"]) { WorkingDirectory = Folder });
        await Tool.RunAsync(new ProcessStartInfo("dotnet", ["kiota", "generate", "-l", "CSharp", "-d", "openapi.json", "-c", "PlatformClient", "-n", "Platform.Client", "-o", "client", "--exclude-backward-compatible"])
        {
            WorkingDirectory = Folder, Environment = { ["KIOTA_CLI_TELEMETRY_OPTOUT"] = "1" },
        });
        return Directory.GetFiles(At("client"), "*.cs", SearchOption.AllDirectories);
    }
}
