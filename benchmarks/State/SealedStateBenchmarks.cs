using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;
using Orleans.Storage;
using Platform.Cluster;
using Platform.Security;
using Platform.Sessions;
using Platform.Storage;
using Platform.State;
using Platform.Users;

namespace Platform.Benchmarks.State;

/// <summary>
/// What the seal adds to a state on its way to storage and back, over rows in memory: the serializer alone against serializer, data key and AES-GCM. The key is known, as it
/// is in all but one operation a user and minute. A user's row grows with its sessions, here ten.
/// </summary>
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory), CategoriesColumn]
public class SealedStateBenchmarks
{
    private const int SessionsOfUser = 10;

    private static readonly UserId User = PrefixedId.New<UserId>(TimeProvider.System);
    private static readonly GrainId UserGrain = GrainId.Create("user", User.ToString());
    private static readonly GrainId SessionGrain = GrainId.Create("session", PrefixedId.New<SessionId>(TimeProvider.System).ToString());

    private readonly Held<StoredUser> _user = new()
    {
        State = new StoredUser
        {
            TenantId = PrefixedId.New<TenantId>(TimeProvider.System),
            Username = "alice",
            NormalisedName = "alice",
            Email = "alice@example.com",
            PasswordHash = Convert.ToBase64String(RandomNumberGenerator.GetBytes(72)),
            Sessions = [.. Enumerable.Range(0, SessionsOfUser).Select(_ => new ListedSession(PrefixedId.New<SessionId>(TimeProvider.System), TimeProvider.System.GetUtcNow()))],
        },
    };

    private readonly Held<StoredSession> _session = new()
    {
        State = new StoredSession { UserId = User, SecretHash = [.. RandomNumberGenerator.GetBytes(32)], AuthenticationMethods = ["pwd"] },
    };

    private readonly Rows _plain = new();
    private SealingGrainStorage _sealed = null!;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var master = new MasterKey(RandomNumberGenerator.GetBytes(32));
        var personal = new PersonalData(new DataKeys(new Keys(), master, TimeProvider.System, NullClusterBroadcast.Instance), master, NullLogger<PersonalData>.Instance);
        _sealed = new SealingGrainStorage(new Rows(), new AlertingSerializer(new StateSerializer(), NullLogger<AlertingSerializer>.Instance), personal);
        await WriteUser();
        await WriteUserSealed();
        await WriteSession();
        await WriteSessionSealed();
    }

    [Benchmark(Baseline = true), BenchmarkCategory("Write session")]
    public Task WriteSession() => _plain.WriteStateAsync("session", SessionGrain, _session);

    [Benchmark, BenchmarkCategory("Write session")]
    public Task WriteSessionSealed() => _sealed.WriteStateAsync("session", SessionGrain, _session);

    [Benchmark(Baseline = true), BenchmarkCategory("Read session")]
    public Task ReadSession() => _plain.ReadStateAsync("session", SessionGrain, new Held<StoredSession>());

    [Benchmark, BenchmarkCategory("Read session")]
    public Task ReadSessionSealed() => _sealed.ReadStateAsync("session", SessionGrain, new Held<StoredSession>());

    [Benchmark(Baseline = true), BenchmarkCategory("Write user")]
    public Task WriteUser() => _plain.WriteStateAsync("user", UserGrain, _user);

    [Benchmark, BenchmarkCategory("Write user")]
    public Task WriteUserSealed() => _sealed.WriteStateAsync("user", UserGrain, _user);

    [Benchmark(Baseline = true), BenchmarkCategory("Read user")]
    public Task ReadUser() => _plain.ReadStateAsync("user", UserGrain, new Held<StoredUser>());

    [Benchmark, BenchmarkCategory("Read user")]
    public Task ReadUserSealed() => _sealed.ReadStateAsync("user", UserGrain, new Held<StoredUser>());

    private sealed class Held<T> : IGrainState<T>
    {
        [AllowNull]
        public T State { get; set; } = default!;

        public string? ETag { get; set; }
        public bool RecordExists { get; set; }
    }

    private sealed class Rows : IGrainStorage
    {
        private readonly StateSerializer _serializer = new();
        private readonly Dictionary<GrainId, BinaryData> _rows = [];

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            (grainState.State, grainState.RecordExists) = (_serializer.Deserialize<T>(_rows[grainId]), true);
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            _rows[grainId] = _serializer.Serialize(grainState.State);
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();
    }

    private sealed class Keys : IDataKeyTable
    {
        private readonly Dictionary<string, DataKeyRow> _rows = new(StringComparer.Ordinal);

        public Task<IReadOnlyList<DataKeyRow>> FindAsync(IReadOnlyList<string> subjects, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<DataKeyRow>>([.. subjects.Where(_rows.ContainsKey).Select(subject => _rows[subject])]);

        public Task AddAsync(IReadOnlyList<DataKeyRow> keys, CancellationToken cancellationToken)
        {
            foreach (var key in keys) _rows.TryAdd(key.Subject, key);
            return Task.CompletedTask;
        }

        public Task DestroyAsync(IReadOnlyList<string> subjects, DateTimeOffset at, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
