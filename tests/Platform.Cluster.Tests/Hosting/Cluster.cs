using System.Security.Cryptography;

namespace Platform.Cluster.Tests.Hosting;

/// <summary>API hosts with silos, each a process of its own, on one database and one master key.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    public const string OperatorPassword = "Calm-Lighthouse-29";
    public const int Size = 3;

    private const int SignInsAtOnce = 4;

    private readonly List<ClusterNode> _all = [];
    private volatile ClusterNode[] _nodes = [];
    private readonly DataFolder _shared = new();
    private readonly (string Key, string Value)[] _settings;
    private ClusterDatabase? _database;

    private Cluster((string Key, string Value)[] settings)
    {
        _settings = settings;
        Directory.CreateDirectory(_shared.Path);
        (Authority, Stranger) = (new TestAuthority(_shared.Path, "ours"), new TestAuthority(_shared.Path, "theirs"));
    }

    public TestAuthority Authority { get; }

    /// <summary>Of somebody else.</summary>
    public TestAuthority Stranger { get; }

    public IReadOnlyList<ClusterNode> Nodes => _nodes;

    public ClusterDatabase Database => _database ?? throw new InvalidOperationException("It was not started.");

    /// <summary>Whose database it is on.</summary>
    public DataFolder Shared => _shared;

    public string MasterKeyFile => Path.Combine(_shared.Path, "master.key");

    /// <summary>From the start of the first process until the last one was ready.</summary>
    public TimeSpan StartedIn { get; private set; }

    public ClusterNode this[int index] => _nodes[index % _nodes.Length];

    /// <summary>Any process of it.</summary>
    public PlatformProcess Any => _nodes[RandomNumberGenerator.GetInt32(_nodes.Length)].Platform;

    /// <summary>All at once, on an empty database.</summary>
    public static async Task<Cluster> StartAsync(params (string Key, string Value)[] settings)
    {
        var cluster = new Cluster(settings);
        try
        {
            await cluster.OpenAsync();
            var started = TimeProvider.System.GetTimestamp();
            for (var i = 0; i < Size; i++) cluster._nodes = [.. cluster._nodes, cluster.NewNode()];
            await Task.WhenAll(cluster._nodes.Select(node => node.StartAsync()));
            cluster.StartedIn = TimeProvider.System.GetElapsedTime(started);
            return cluster;
        }
        catch (Exception failure)
        {
            // What one of them could not do may show in the log of another.
            await cluster.DisposeAsync();
            throw new InvalidOperationException(string.Join('\n', cluster._all.Select(node => node.Logs)), failure);
        }
    }

    public IEnumerable<ClusterNode> Others(ClusterNode node) => _nodes.Where(other => other != node);

    /// <summary>A place for one more, which is part of <see cref="Nodes"/> after <see cref="JoinAsync"/>.</summary>
    public ClusterNode NewNode()
    {
        var node = new ClusterNode($"node {(char)('A' + _all.Count)}", node => StartOn(node.Folder, node.Settings));
        _all.Add(node);
        return node;
    }

    public async Task JoinAsync(ClusterNode node)
    {
        await node.StartAsync();
        _nodes = [.. _nodes, node];
    }

    /// <summary>In whose silo a grain is now.</summary>
    public async Task<ClusterNode?> NodeOfAsync(string key) =>
        await Database.SiloPortOfAsync(key) is { } port ? _nodes.Single(node => node.SiloPort == port) : null;

    public Task<SignedIn> SignInOperatorAsync() => _nodes[0].Platform.SignInAsync("platform", "operator", OperatorPassword);

    /// <summary>Sessions of one user, over all nodes in turn.</summary>
    /// <remarks>
    /// A few at a time. Two processors have one hashing thread a node, which gives way to everything else on the machine: of fifty at once some waited the ten seconds after which a hash is refused (decision 94).
    /// </remarks>
    public async Task<SignedIn[]> SignInAsync(string tenant, string username, int count)
    {
        var sessions = new List<SignedIn>(count);
        foreach (var few in Enumerable.Range(0, count).Chunk(SignInsAtOnce)) sessions.AddRange(await Task.WhenAll(few.Select(i => this[i].Platform.SignInAsync(tenant, username))));
        return [.. sessions];
    }

    /// <summary>How a process of this cluster is started, for those that are not to become one.</summary>
    public PlatformStart StartOn(DataFolder folder, params (string Key, string Value)[] settings) => new(folder)
    {
        DatabaseOf = _shared,
        Settings =
        [
            ("Platform__Topology", "Cohosted"),
            ("Platform__MasterKeyFile", MasterKeyFile),
            ("Platform__Bootstrap__OperatorPassword", OperatorPassword),
            ("Platform__Sessions__MaxSessionsPerUser", "1000"),
            ("Platform__Sessions__MinIdleTimeout", "00:00:01"),
            .. Authority.ForSilo().Settings,
            .. _settings,
            .. settings,
        ],
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _all) await node.DisposeAsync();
        Authority.Dispose();
        Stranger.Dispose();
        if (_database is not null) await _database.DisposeAsync();
        await _shared.DisposeAsync();
    }

    private async Task OpenAsync()
    {
        await File.WriteAllBytesAsync(MasterKeyFile, RandomNumberGenerator.GetBytes(32));
        File.SetUnixFileMode(MasterKeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var database = await TestDatabases.OpenAsync(_shared.Path)
            ?? throw new InvalidOperationException("A cluster needs PostgreSQL: eng/with-postgres.sh dotnet test tests/Platform.Cluster.Tests");
        _database = new ClusterDatabase(database);
    }
}
