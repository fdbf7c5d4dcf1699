namespace Platform.Storage.Tests;

public sealed class HealthTests
{
    private readonly FakeTime _time = new();
    private readonly RecordingDatabase _database = new();

    [Fact]
    public async Task IsHealthy_AskedOften_AsksTheDatabaseOnceASecond()
    {
        var health = new StorageHealth(_database, _time, "sqlite");

        for (var i = 0; i < 100; i++) (await health.IsHealthyAsync(default)).ShouldBeTrue();
        _database.Probes.ShouldBe(1);

        _time.Advance(TimeSpan.FromSeconds(1));
        _database.Health = Task.FromResult(false);
        (await health.IsHealthyAsync(default)).ShouldBeFalse();
        _database.Probes.ShouldBe(2);
    }

    [Fact]
    public async Task IsHealthy_ProbeHangs_IsSharedByAllWhoAsk()
    {
        var hanging = new TaskCompletionSource<bool>();
        _database.Health = hanging.Task;
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
}
