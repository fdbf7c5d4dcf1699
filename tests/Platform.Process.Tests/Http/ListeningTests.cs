using System.Net;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Http;

/// <summary>At which ports the process answers at all.</summary>
[Trait("Database", "Unused")]
public sealed class ListeningTests(ServedPlatform served) : IClassFixture<ServedPlatform>
{
    private const string Listening = "0A";

    [Fact, Trait("Threat", "T80")]
    public async Task Platform_Alone_ListensForHttpsOnly()
    {
        (await served.Platform.SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK);

        ListeningPorts(served.Platform.Id).ShouldBe([served.Platform.Address.Port]);
    }

    /// <summary>By the kernel's tables: sockets of this process that wait for connections.</summary>
    private static int[] ListeningPorts(int process)
    {
        var sockets = Directory.GetFiles($"/proc/{process}/fd").Select(file => File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name).ToHashSet();
        return
        [
            .. new[] { "tcp", "tcp6" }
                .SelectMany(table => File.ReadLines($"/proc/{process}/net/{table}").Skip(1))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(row => row[3] == Listening && sockets.Contains($"socket:[{row[9]}]"))
                .Select(row => Convert.ToInt32(row[1].Split(':')[1], 16))
                .Distinct(),
        ];
    }
}
