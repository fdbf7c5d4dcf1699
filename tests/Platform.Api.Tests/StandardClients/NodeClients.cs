using System.Diagnostics;

namespace Platform.Api.Tests.StandardClients;

/// <summary>The clients of <c>introspect.mjs</c>, with the packages of its lock file. Needs Node.js and npm.</summary>
public sealed class NodeClients : IAsyncLifetime
{
    private static readonly string Source = Path.Combine(Repository.Root, "tests", "Platform.Api.Tests", "StandardClients");

    public async ValueTask InitializeAsync() => await Tool.InstallNodePackagesAsync(Source);

    public ValueTask DisposeAsync() => default;

    /// <returns>What each client got, by its name and method.</returns>
    internal static async Task<IReadOnlyDictionary<string, JsonElement>> IntrospectAsync(PlatformHost host, TestKey key, string token)
    {
        var node = new ProcessStartInfo("node", ["introspect.mjs", host.Address.GetLeftPart(UriPartial.Authority), key.Id])
        {
            WorkingDirectory = Source,
            Environment = { ["NODE_EXTRA_CA_CERTS"] = Path.Combine(host.Folder, "tls", "localhost.pem") },
        };
        var output = await Tool.RunAsync(node, JsonSerializer.Serialize(new { secret = key.Text, token }));
        return JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(output)!;
    }
}
