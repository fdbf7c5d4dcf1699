using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Replicas;
using Platform.Sessions;
using Platform.Storage;
using Platform.Telemetry;
using Platform.Tenants;

namespace Platform.Grains.Tests.Sessions;

public sealed class ActivityWriterTests
{
    private static readonly byte[] Hash = SHA256.HashData("secret"u8);
    private static readonly Operation Save = new("batch", "session_activity");

    private readonly ManualTimeProvider _time = new();
    private readonly LiveSessions _live = new();
    private readonly RecordingDatabase _recorded = new();
    private readonly FaultyDatabase _database;

    public ActivityWriterTests() => _database = new FaultyDatabase(_recorded);

    private IReadOnlyList<SessionActivity[]> Batches => [.. _recorded.Writes.Select(write => write.Statements.Select(ActivityIn).ToArray())];

    [Fact]
    public async Task Touches_WithinAnInterval_AreOneBatchSortedById()
    {
        using var writer = await StartAsync();
        var sessions = Enumerable.Range(0, 50).Select(_ => Open()).ToArray();
        foreach (var session in sessions.OrderBy(_ => RandomNumberGenerator.GetInt32(1000))) session.Touch(Hash, null, _time.GetUtcNow() + TimeSpan.FromSeconds(1));
        await writer.FlushAsync(default);
        var batch = Batches.ShouldHaveSingleItem();
        batch.Length.ShouldBe(50);
        batch.ShouldBe(batch.OrderBy(a => a.Id.Value));
        batch.ShouldAllBe(a => a.LastActivityAt == _time.GetUtcNow() + TimeSpan.FromSeconds(1));
    }

    [Fact, Trait("Fault", "F7")]
    public async Task StorageAway_ThenBack_NothingTouchedIsForgotten()
    {
        using var writer = await StartAsync();
        var session = Open();
        session.Touch(Hash, null, _time.GetUtcNow() + TimeSpan.FromSeconds(1));
        _database.FailBefore = Save;
        await writer.FlushAsync(default);
        Batches.ShouldBeEmpty();
        session.Touch(Hash, null, _time.GetUtcNow() + TimeSpan.FromSeconds(2)).ShouldBe(SessionState.Live);
        _database.FailBefore = null;
        await writer.FlushAsync(default);
        Batches.ShouldHaveSingleItem().Single().LastActivityAt.ShouldBe(_time.GetUtcNow() + TimeSpan.FromSeconds(2));
    }

    /// <summary>Anything but an outage of the database ended the writer, and with it the process.</summary>
    [Fact]
    public async Task Save_FailsWithSomethingElse_NothingTouchedIsForgottenAndTheWriterGoesOn()
    {
        using var writer = await StartAsync();
        Open().Touch(Hash, null, _time.GetUtcNow() + TimeSpan.FromSeconds(1));
        (_database.FailBefore, _database.Failure) = (Save, new InvalidOperationException("a fault of ours"));
        await writer.FlushAsync(default);
        _database.FailBefore = null;
        await writer.FlushAsync(default);

        Batches.ShouldHaveSingleItem().Length.ShouldBe(1);
        writer.ExecuteTask!.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Touch_AfterALongPause_IsSavedWithoutWaitingForTheInterval()
    {
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _recorded.Written = _ => saved.TrySetResult();
        using var writer = await StartAsync();
        var session = Open();
        session.Touch(Hash, null, _time.GetUtcNow() + TimeSpan.FromMinutes(2.9));
        _live.Urgent.Count.ShouldBe(0);
        session.Touch(Hash, null, _time.GetUtcNow() + TimeSpan.FromMinutes(5.9));
        await saved.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Batches.ShouldHaveSingleItem().Single().LastActivityAt.ShouldBe(_time.GetUtcNow() + TimeSpan.FromMinutes(5.9));
    }

    [Fact]
    public async Task Stop_WithUnsavedTouches_SavesThem()
    {
        using var writer = await StartAsync();
        Open().Touch(Hash, null, _time.GetUtcNow() + TimeSpan.FromSeconds(1));
        await writer.StopAsync(default);
        Batches.ShouldHaveSingleItem().Length.ShouldBe(1);
        await writer.SaveAsync(new SessionActivity(SessionId.From(Guid.CreateVersion7(_time.GetUtcNow())), _time.GetUtcNow()), default);
        Batches.Count.ShouldBe(2);
    }

    private static SessionActivity ActivityIn(Statement saved) =>
        new(PrefixedId.Parse<SessionId>(saved.Value<string>("@id")), new DateTimeOffset(saved.Value<long>("@clock"), TimeSpan.Zero));

    private async Task<ActivityWriter> StartAsync()
    {
        var services = new ServiceCollection().AddMetrics().AddSingleton(_live).AddSingleton<PlatformMetrics>().BuildServiceProvider();
        var writer = new ActivityWriter(
            _live, new SessionTable(_database, personal: null!), Options.Create(new SessionOptions()), services.GetRequiredService<PlatformMetrics>(), _time, NullLogger<ActivityWriter>.Instance);
        await writer.StartAsync(default);
        return writer;
    }

    private LiveSession Open()
    {
        var origin = new StoredSession { SecretHash = [.. Hash], AbsoluteTimeout = TimeSpan.FromDays(1), CreatedAt = _time.GetUtcNow(), AuthenticationMethods = ["pwd"] };
        var tenant = new LiveTenants().Publish(default, TestPolicy.Of(TimeSpan.FromMinutes(30), TimeSpan.FromDays(1)));
        return new LiveSession(_live, tenant, PrefixedId.New<SessionId>(_time), origin, new SessionSubject("alice", Permissions.Read), _time.GetUtcNow());
    }
}
