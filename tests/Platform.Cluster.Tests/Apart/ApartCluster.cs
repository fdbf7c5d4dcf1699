using System.Net;
using System.Security.Cryptography;
using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Apart;

/// <summary>Two silos on one database, and API hosts that reach their gateways and nothing else; certificates between all.</summary>
internal sealed class ApartCluster : IAsyncDisposable
{
    private readonly DataFolder _shared = new();
    private readonly List<(PlatformProcess Process, DataFolder Folder)> _apis = [];
    private ClusterDatabase _database = null!;

    private readonly (string Key, string Value)[] _siloSettings;

    private ApartCluster((string Key, string Value)[] siloSettings)
    {
        _siloSettings = siloSettings;
        Directory.CreateDirectory(_shared.Path);
        (Authority, Stranger) = (new TestAuthority(_shared.Path, "ours"), new TestAuthority(_shared.Path, "theirs"));
        Silos = [.. Enumerable.Range(1, 2).Select(number => new SiloProcess($"silo {number}", silo => SiloOn(silo.Folder, silo.Settings)))];
    }

    public TestAuthority Authority { get; }

    /// <summary>Of somebody else.</summary>
    public TestAuthority Stranger { get; }

    public SiloProcess[] Silos { get; }

    public ClusterDatabase Database => _database;

    public IReadOnlyList<PlatformProcess> Apis => [.. _apis.Select(api => api.Process)];

    public string OperatorPassword { get; private set; } = "";

    /// <param name="apis">How many API hosts.</param>
    /// <param name="siloSettings">Of the silos only.</param>
    public static async Task<ApartCluster> StartAsync(int apis, params (string Key, string Value)[] siloSettings)
    {
        var cluster = new ApartCluster(siloSettings);
        try
        {
            await cluster.OpenAsync(apis);
            return cluster;
        }
        catch (Exception failure)
        {
            var logs = cluster.Logs;
            await cluster.DisposeAsync();
            throw new InvalidOperationException(logs, failure);
        }
    }

    public string Logs => string.Join('\n', Silos.Select(silo => silo.Logs).Concat(_apis.Select(api => $"===== api\n{api.Process}")));

    public PlatformStart SiloOn(DataFolder folder, params (string Key, string Value)[] settings) =>
        new(folder) { Program = "PlatformSilo", DatabaseOf = _shared, Settings = [("Platform__MasterKeyFile", MasterKeyFile), .. Authority.ForSilo().Settings, .. _siloSettings, .. settings] };

    /// <summary>Without a database; with the gateways of all silos.</summary>
    public PlatformStart ApiOn(DataFolder folder, params (string Key, string Value)[] settings) => new(folder)
    {
        Program = "PlatformApi",
        Settings =
        [
            ("Platform__MasterKeyFile", MasterKeyFile),
            .. Silos.Select((silo, index) => ($"Platform__Cluster__Gateways__{index}", $"127.0.0.1:{silo.GatewayPort}")),
            .. Authority.ForApi().Settings,
            .. settings,
        ],
    };

    public Task<SignedIn> SignInAsync() => Apis[0].SignInAsync("platform", "operator", OperatorPassword);

    /// <summary>In which of the silos a session is, and which it is not in.</summary>
    public async Task<(SiloProcess Its, SiloProcess Other)> SilosOfAsync(SignedIn session)
    {
        var port = await _database.SiloPortOfAsync(session.Id);
        return (Silos.Single(silo => silo.SiloPort == port), Silos.Single(silo => silo.SiloPort != port));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (process, folder) in _apis)
        {
            await process.DisposeAsync();
            await folder.DisposeAsync();
        }

        foreach (var silo in Silos) await silo.DisposeAsync();
        Authority.Dispose();
        Stranger.Dispose();
        if (_database is not null) await _database.DisposeAsync();
        await _shared.DisposeAsync();
    }

    private string MasterKeyFile => Path.Combine(_shared.Path, "master.key");

    private async Task OpenAsync(int apis)
    {
        await File.WriteAllBytesAsync(MasterKeyFile, RandomNumberGenerator.GetBytes(32));
        File.SetUnixFileMode(MasterKeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _database = new ClusterDatabase(await TestDatabases.OpenAsync(_shared.Path)
            ?? throw new InvalidOperationException("A cluster needs PostgreSQL: eng/with-postgres.sh dotnet test tests/Platform.Cluster.Tests"));
        await Task.WhenAll(Silos.Select(silo => silo.StartAsync()));
        OperatorPassword = Silos.Select(silo => silo.Output).Single(output => output.Contains("password", StringComparison.Ordinal)).Split("password: ")[1].Trim();
        for (var i = 0; i < apis; i++)
        {
            var folder = new DataFolder();
            var api = await PlatformProcess.StartAsync(ApiOn(folder), OperatorPassword);
            _apis.Add((api, folder));
            await Until.TrueAsync(async () => (await api.SendAsync("GET", "/readyz")).Status == HttpStatusCode.OK, "the API host is ready");
        }
    }
}

/// <summary>For the tests that leave it as it was.</summary>
public sealed class CalmApartCluster : IAsyncLifetime
{
    internal ApartCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await ApartCluster.StartAsync(apis: 2);

    public async ValueTask DisposeAsync()
    {
        // Null after a failed start.
        if (Cluster is null) return;
        await Cluster.DisposeAsync();
        Cluster.Logs.ShouldNotContain("GrainCallDenied", Case.Sensitive);
    }
}

/// <summary>A cluster for one test, which it may harm. What its processes wrote is part of the test's output.</summary>
public abstract class ApartTest(ITestOutputHelper output, int apis = 1) : IAsyncLifetime
{
    private protected ApartCluster Cluster { get; private set; } = null!;

    private protected ITestOutputHelper Output { get; } = output;

    public async ValueTask InitializeAsync() => Cluster = await ApartCluster.StartAsync(apis);

    public async ValueTask DisposeAsync()
    {
        if (Cluster is null) return;
        Output.WriteLine(Cluster.Logs);
        await Cluster.DisposeAsync();
        Cluster.Logs.ShouldNotContain("GrainCallDenied", Case.Sensitive);
    }
}
