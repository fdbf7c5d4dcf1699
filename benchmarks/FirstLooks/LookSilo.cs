using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Platform.Api.Tokens;
using Platform.Benchmarks.Compare.Servers;
using Platform.Benchmarks.Hosting;

namespace Platform.Benchmarks.FirstLooks;

/// <summary>What the silo's process is told on its first line of input.</summary>
internal sealed record LookSiloSettings(string Folder, string Postgres, string Certificates, int SiloPort, int GatewayPort, int Sessions);

/// <summary>The silo in a process of its own, so that its processor time is not that of the host: says the tokens of the sessions that it has opened, then, to each further line, what it has used.</summary>
internal static class LookSilo
{
    public const string Name = "first-looks-silo";

    private const int Users = 100;

    public static Command Create()
    {
        var command = new Command(Name, "The silo of first-looks; started by it.") { Hidden = true };
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    /// <summary>As a host or a silo of topology <c>cluster</c> is told.</summary>
    /// <param name="folder">With the master key; has data of the process below it.</param>
    /// <param name="certificates">As <c>eng/issue-certificates.sh</c> makes them.</param>
    /// <param name="name">Of the certificate: <c>silo</c> or <c>api</c>.</param>
    public static Dictionary<string, string?> SettingsOf(string folder, string certificates, string name) => new(StringComparer.Ordinal)
    {
        ["Platform:Topology"] = "Cluster",
        ["Platform:Environment"] = "benchmark",
        ["Platform:DataDirectory"] = Path.Combine(folder, name),
        ["Platform:MasterKeyFile"] = Path.Combine(folder, "master.key"),
        ["Platform:Cluster:CertificateAuthority"] = Path.Combine(certificates, "authority.pem"),
        ["Platform:Cluster:Certificate:Path"] = Path.Combine(certificates, name + ".pem"),
        ["Platform:Cluster:Certificate:KeyPath"] = Path.Combine(certificates, name + ".key"),
    };

    private static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var asked = new AnsweringProcess();
        if (await asked.NextAsync(cancellationToken) is not { } first) return 0;
        var settings = JsonSerializer.Deserialize<LookSiloSettings>(first)!;
        var configured = SettingsOf(settings.Folder, settings.Certificates, "silo");
        configured["ConnectionStrings:Platform"] = settings.Postgres;
        configured["Platform:Cluster:SiloPort"] = settings.SiloPort.ToString(CultureInfo.InvariantCulture);
        configured["Platform:Cluster:GatewayPort"] = settings.GatewayPort.ToString(CultureInfo.InvariantCulture);
        await using var silo = await BenchmarkSilo.StartClusteredAsync(configured);
        await asked.AnswerAsync(await OpenAsync(silo, settings.Sessions, cancellationToken));
        while (await asked.NextAsync(cancellationToken) is not null) await asked.AnswerAsync(ServerUsage.Now());
        return 0;
    }

    private static async Task<string[]> OpenAsync(BenchmarkSilo silo, int sessions, CancellationToken cancellationToken)
    {
        var maker = new SessionMaker();
        var users = await Task.WhenAll(Enumerable.Range(0, Users).Select(i => maker.NewUserAsync(silo, i)));
        var key = await silo.Service<TokenKeyRing>().SealingKeyAsync(cancellationToken);
        var tokens = new string[sessions];
        await Parallel.ForAsync(0, sessions, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = cancellationToken }, async (i, _) =>
            tokens[i] = maker.Token(key, await maker.OpenAsync(silo, users[i % Users], i), i, silo.Clock.GetUtcNow() + TimeSpan.FromHours(12)));
        return tokens;
    }
}
