using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.GrainDirectory;
using Orleans.TestingHost;
using Platform.Hosting.Clocks;
using Platform.Silo.Hosting;
using Platform.Silo.Hosting.Clustering;

namespace Platform.Silos.Tests.Hosting;

/// <summary>
/// Several silos in this process on one PostgreSQL, as topology <c>cohosted</c> runs them: their membership, directory, leases and certificates, but no sockets, and one
/// clock for all that the test moves. What needs processes (kills, freezes, ports) is in Platform.Cluster.Tests.
/// </summary>
internal sealed class SiloCluster : IAsyncDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("silos-");
    private readonly TestAuthority _authority;
    private readonly string _database;
    private readonly InProcessTestCluster _cluster;
    private readonly List<TestSilo> _silos = [];

    private SiloCluster(short size, string database)
    {
        _authority = new TestAuthority(_root.FullName, "ours");
        _database = database;
        File.WriteAllBytes(MasterKeyFile, RandomNumberGenerator.GetBytes(32));
        File.SetUnixFileMode(MasterKeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var builder = new InProcessTestClusterBuilder(size);
        builder.Options.InitializeClientOnDeploy = false;
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSiloHost(Configure);
        _cluster = builder.Build();
    }

    /// <summary>From now on, so that certificates are valid by it; it stands until it is moved.</summary>
    public ManualTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow(), realTimers: true);

    public IReadOnlyList<TestSilo> Silos => _silos;

    public TestSilo this[int index] => _silos[index % _silos.Count];

    private string DatabaseFolder { get; init; } = "";

    private string Root => _root.FullName;

    private string MasterKeyFile => Path.Combine(Root, "master.key");

    public static async Task<SiloCluster> StartAsync(short size = 3)
    {
        var folder = Directory.CreateTempSubdirectory("silos-database-").FullName;
        Directory.Delete(folder);
        var database = await TestDatabases.OpenAsync(folder)
            ?? throw new InvalidOperationException("Several silos need PostgreSQL: eng/with-postgres.sh dotnet test tests/Platform.Silos.Tests");
        var cluster = new SiloCluster(size, database) { DatabaseFolder = folder };
        await cluster._cluster.DeployAsync();
        cluster._silos.AddRange(cluster._cluster.Silos.Select(handle => new TestSilo(handle, cluster.Time)));
        await Task.WhenAll(cluster._silos.Select(silo => silo.UntilAnsweringAsync()));
        return cluster;
    }

    /// <summary>One more joins.</summary>
    public async Task<TestSilo> AddAsync()
    {
        var silo = new TestSilo(await _cluster.StartAdditionalSiloAsync(), Time);
        await silo.UntilAnsweringAsync();
        _silos.Add(silo);
        return silo;
    }

    /// <summary>One leaves in order.</summary>
    public async Task StopAsync(TestSilo silo)
    {
        _silos.Remove(silo);
        await silo.Replicas.StopAsync(default);
        await _cluster.StopSiloAsync(silo.Handle);
    }

    public IEnumerable<TestSilo> Others(TestSilo silo) => _silos.Where(other => other != silo);

    public async ValueTask DisposeAsync()
    {
        var denied = _silos.Sum(silo => silo.DeniedCalls);
        foreach (var silo in _silos) await silo.Replicas.StopAsync(default);
        await _cluster.DisposeAsync();
        _authority.Dispose();
        await TestDatabases.DropAsync(DatabaseFolder);
        _root.Delete(recursive: true);
        denied.ShouldBe(0, "nobody but the platform called its grains");
    }

    private void Configure(InProcessTestSiloSpecificOptions silo, IHostApplicationBuilder host)
    {
        host.Configuration.AddInMemoryCollection(
        [
            new("Platform:Topology", nameof(Topology.Cohosted)),
            new("Platform:DataDirectory", Path.Combine(Root, silo.SiloName)),
            new("Platform:MasterKeyFile", MasterKeyFile),
            new("Platform:Cluster:SiloPort", $"{silo.SiloPort}"),
            new("ConnectionStrings:Platform", _database),
            .. _authority.ForSilo().Settings.Select(setting => new KeyValuePair<string, string?>(setting.Key.Replace("__", ":", StringComparison.Ordinal), setting.Value)),
        ]);
        host.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Orleans", LogLevel.Critical).AddConsole();
        host.Services.AddSingleton<TimeProvider>(Time);
        host.AddClusteredSilo();
        CheapHashing.Put(host.Services);
        host.Services.AddSingleton<DeafNode>();
        host.Services.AddSingleton<IIncomingGrainCallFilter>(services => services.GetRequiredService<DeafNode>());
        host.ConfigureContainer(new DefaultServiceProviderFactory(), KeepOurs);
    }

    /// <summary>Once everything is registered: the platform's own membership and directory instead of the test cluster's, and what the tests need.</summary>
    private static void KeepOurs(IServiceCollection services)
    {
        services.Remove(services.Last(service => service.ServiceType == typeof(IMembershipTable)));
        services.Remove(services.Last(service => service.ServiceType == typeof(IGrainDirectory) && GrainDirectoryAttribute.DEFAULT_GRAIN_DIRECTORY.Equals(service.ServiceKey)));

        // Silos judge by Orleans' clock who is alive; only the platform's is moved.
        services.AddSingleton(new ForwardClock(TimeProvider.System));

        // A session, its user and its tenant are in different silos as a rule. By default they are together where they were asked for first.
        services.AddSingleton<PlacementStrategy, RandomPlacement>();

        // It knocks at a port, and there is none here.
        services.Remove(services.Single(service => service.ImplementationType == typeof(ClientCertificateProbe)));
    }
}
