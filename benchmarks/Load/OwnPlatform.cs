using Platform.Benchmarks.Compare;
using Platform.Benchmarks.Compare.Servers;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Load;

/// <summary>
/// The platform in a process of its own on a free loopback port, as <c>./run</c> starts it on SQLite, but without rate limits: with a tenant, users and sessions. Sessions are opened inside
/// it, as a sign-in opens them once the password was found right: thousands of hashes would take minutes.
/// </summary>
internal sealed class OwnPlatform : ILoadedPlatform
{
    private const int SessionsPerUser = 100;
    private const int FewestUsers = 20;
    private const int MostUsers = 200;

    private readonly ServerProcess _server;
    private readonly ListeningProcess _process;
    private readonly string _folder;

    private OwnPlatform(ServerProcess server, string folder, byte[] certificateHash)
    {
        (_server, _process, _folder, CertificateHash) = (server, new ListeningProcess(server.Id), folder, certificateHash);
        Hosts = [LoadHost.Own(server.Port, certificateHash)];
    }

    public IReadOnlyList<LoadHost> Hosts { get; }

    /// <summary>SHA-256 of the certificate that its host answers with.</summary>
    public byte[] CertificateHash { get; }

    public string Runtime => Machine.OwnGrains();

    /// <summary>On an empty database.</summary>
    public static Task<OwnPlatform> StartAsync(LoadOptions options, CancellationToken cancellationToken) => StartAsync(options, data: null, [], cancellationToken);

    /// <param name="options">What it will be sent.</param>
    /// <param name="data">Data directory, which stays; null: one of its own.</param>
    /// <param name="settings">Further ones, as on its command line.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<OwnPlatform> StartAsync(LoadOptions options, string? data, IReadOnlyList<string> settings, CancellationToken cancellationToken)
    {
        await Console.Error.WriteLineAsync("Starting the platform ...");
        var folder = BenchmarkSilo.TemporaryFolder();
        try
        {
            var certificate = ServerCertificateFile.Create(folder);
            var server = await ServerProcess.StartAsync(
                new ServerSettings
                {
                    Kind = ServerKind.Platform,
                    Folder = data ?? Directory.CreateDirectory(Path.Combine(folder, "data")).FullName,
                    Certificate = certificate.Path,
                    CertificateKey = certificate.KeyPath,
                    Settings = ["--Platform:Sessions:MaxSessionsPerUser=1000", .. settings, .. options.Versions.Any(version => version.Major == 3) ? OfHttp3() : []],
                },
                cancellationToken);
            return new OwnPlatform(server, folder, certificate.Hash);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    public async Task<LoadSessions> OpenSessionsAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(Hosts[0].Url, CertificateHash);
        await api.CreateTenantAsync(cancellationToken);
        var owner = await api.SignInOwnerAsync(cancellationToken);
        var count = Math.Clamp(options.Sessions / SessionsPerUser, FewestUsers, MostUsers);
        await Console.Error.WriteLineAsync($"Making {count} users and {Units.Count(options.Sessions)} sessions ...");
        var ids = await api.CreateUsersAsync(count, owner, cancellationToken);
        Credentials[] users = [.. Enumerable.Range(0, count).Select(i => new Credentials(ApiClient.Tenant, ApiClient.UserName(i), ApiClient.OwnerPassword))];
        var sessions = new LoadSessions(await _server.OpenSessionsAsync(new SessionsWanted(ids, options.Sessions), cancellationToken), users);
        if (options.Mix.Calls.Contains(LoadCall.Introspect)) sessions = sessions with { ApiKey = await api.CreateIntrospectionKeyAsync(owner, cancellationToken) };
        return options.Mix.Calls.Contains(LoadCall.PagePeek) ? await WithPageAsync(sessions, api, owner, cancellationToken) : sessions;
    }

    public async Task<PlatformUsage?> ReadUsageAsync()
    {
        var usage = await _server.ReadUsageAsync(CancellationToken.None);
        return new PlatformUsage(usage.Processor, usage.Allocated);
    }

    public long? ReadResident() => OperatingSystem.IsLinux() ? _process.Resident() : null;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<LoadSessions> WithPageAsync(LoadSessions sessions, ApiClient api, string owner, CancellationToken cancellationToken)
    {
        var (snippet, origin) = await api.PreparePageAsync(owner, cancellationToken);
        var page = new LoadPage(snippet, origin);
        using var client = Hosts[0].Connect(new Version(2, 0), HttpVersionPolicy.RequestVersionOrLower, TimeSpan.FromSeconds(30));
        return sessions with { Page = page, PageTokens = await SignedInSessions.SignInAsync(sessions.Users.Count, sessions.Users, page, [client], cancellationToken) };
    }

    /// <summary>The web server takes no port 0 for TCP and QUIC together, so a free one is looked for.</summary>
    private static IEnumerable<string> OfHttp3() => [$"--urls=https://127.0.0.1:{FreePort.Find()}", "--Kestrel:EndpointDefaults:Protocols=Http1AndHttp2AndHttp3"];
}
