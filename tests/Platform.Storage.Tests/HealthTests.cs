using System.Data.Common;
using Platform.Storage;

namespace Platform.Storage.Tests;

public sealed class HealthTests
{
    private readonly FakeTime _time = new();
    private readonly FakeDatabase _database = new();

    [Fact]
    public async Task IsHealthy_AskedOften_AsksTheDatabaseOnceASecond()
    {
        var health = new StorageHealth(_database, _time, "sqlite");

        for (var i = 0; i < 100; i++) (await health.IsHealthyAsync(default)).ShouldBeTrue();
        _database.Probes.ShouldBe(1);

        _time.Advance(TimeSpan.FromSeconds(1));
        _database.Answer = Task.FromResult(false);
        (await health.IsHealthyAsync(default)).ShouldBeFalse();
        _database.Probes.ShouldBe(2);
    }

    [Fact]
    public async Task IsHealthy_ProbeHangs_IsSharedByAllWhoAsk()
    {
        var hanging = new TaskCompletionSource<bool>();
        _database.Answer = hanging.Task;
        var health = new StorageHealth(_database, _time, "sqlite");

        var first = health.IsHealthyAsync(default);
        _time.Advance(TimeSpan.FromMinutes(1));
        var second = health.IsHealthyAsync(default);
        hanging.SetResult(true);

        (await first).ShouldBeTrue();
        (await second).ShouldBeTrue();
        _database.Probes.ShouldBe(1);
    }

    private sealed class FakeTime : TimeProvider
    {
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }

    private sealed class FakeDatabase : IDatabase
    {
        private int _probes;

        public int Probes => _probes;

        public Task<bool> Answer { get; set; } = Task.FromResult(true);

        public Task<bool> ProbeAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _probes);
            return Answer;
        }

        public Task ScrubAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> WriteAsync(Operation operation, IReadOnlyList<Statement> statements, Durability durability, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<List<T>> ReadAsync<T>(Operation operation, Statement statement, Func<DbDataReader, T> map, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
