using System.Diagnostics;

namespace Platform.Api.Tests.StandardClients;

/// <summary>The clients of <c>introspect.mjs</c>, with the packages of its lock file. Needs Node.js and npm.</summary>
public sealed class NodeClients : IAsyncLifetime
{
    private static readonly string Source = Path.Combine(Repository.Root, "tests", "Platform.Api.Tests", "StandardClients");

    /// <summary>npm writes the second one when it is done.</summary>
    public async ValueTask InitializeAsync()
    {
        var (wanted, installed) = (new FileInfo(Path.Combine(Source, "package-lock.json")), new FileInfo(Path.Combine(Source, "node_modules", ".package-lock.json")));
        if (installed.Exists && installed.LastWriteTimeUtc >= wanted.LastWriteTimeUtc) return;
        await RunAsync(new ProcessStartInfo("npm", ["ci", "--no-audit", "--no-fund", "--silent"]), input: null);
    }

    public ValueTask DisposeAsync() => default;

    /// <returns>What each client got, by its name and method.</returns>
    internal static async Task<IReadOnlyDictionary<string, JsonElement>> IntrospectAsync(PlatformHost host, TestKey key, string token)
    {
        var node = new ProcessStartInfo("node", ["introspect.mjs", host.Address.GetLeftPart(UriPartial.Authority), key.Id])
        {
            Environment = { ["NODE_EXTRA_CA_CERTS"] = Path.Combine(host.Folder, "tls", "localhost.pem") },
        };
        var output = await RunAsync(node, JsonSerializer.Serialize(new { secret = key.Text, token }));
        return JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(output)!;
    }

    private static async Task<string> RunAsync(ProcessStartInfo info, string? input)
    {
        (info.WorkingDirectory, info.UseShellExecute) = (Source, false);
        (info.RedirectStandardInput, info.RedirectStandardOutput, info.RedirectStandardError) = (true, true, true);
        using var process = Process.Start(info)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await errors);
        return await output;
    }
}
