using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Listing;
using Platform.Sessions;
using Platform.Telemetry;
using Platform.Tenants;

namespace Platform.Tests.Sessions;

public sealed class ActivityWriterTests
{
    private static readonly byte[] Hash = SHA256.HashData("secret"u8);

    private readonly ManualTimeProvider _time = new();
    private readonly LiveSessions _live = new();
    private readonly RecordingDirectory _directory = new();

    [Fact]
    public async Task Touches_WithinAnInterval_AreOneBatchSortedById()
    {
        using var journal = await StartAsync();
        var sessions = Enumerable.Range(0, 50).Select(_ => Open()).ToArray();
        foreach (var session in sessions.OrderBy(_ => RandomNumberGenerator.GetInt32(1000))) session.Touch(Hash, null, _time.GetUtcNow() + TimeSpan.FromSeconds(1));
        await journal.FlushAsync(default);
        var batch = _directory.Batches.ShouldHaveSingleItem();
        batch.Length.ShouldBe(50);
        batch.ShouldBe(batch.OrderBy(a => a.Id.Value));
        batch.ShouldAllBe(a => a.LastActivityAt == _time.GetUtcNow() + TimeSpan.FromSeconds(1));
    }

    [Fact, Trait("Fault", "F7")]
    public async Task StorageAway_ThenBack_NothingTouchedIsForgotten()
    {
        using var journal = await StartAsync();
        var session = Open();
        session.Touch(Hash, null, _time.GetUtcNow() + TimeSpan.FromSeconds(1));
        _directory.Failure = new StorageUnavailableException();
        await journal.FlushAsync(default);
        _directory.Batches.ShouldBeEmpty();
        session.Touch(Hash, null, _time.GetUtcNow() + TimeSpan.FromSeconds(2)).ShouldBe(SessionState.Live);
        _directory.Failure = null;
        await journal.FlushAsync(default);
        _directory.Batches.ShouldHaveSingleItem().Single().LastActivityAt.ShouldBe(_time.GetUtcNow() + TimeSpan.FromSeconds(2));
    }

    /// <summary>Anything but an outage of the database ended the journal, and with it the process.</summary>
    [Fact]
    public async Task Save_FailsWithSomethingElse_NothingTouchedIsForgottenAndTheJournalGoesOn()
    {
        using var journal = await StartAsync();
        Open().Touch(Hash, null, _time.GetUtcNow() + TimeSpan.FromSeconds(1));
        _directory.Failure = new InvalidOperationException("a fault of ours");
        await journal.FlushAsync(default);
        _directory.Failure = null;
        await journal.FlushAsync(default);

        _directory.Batches.ShouldHaveSingleItem().Length.ShouldBe(1);
        journal.ExecuteTask!.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Touch_AfterALongPause_IsSavedWithoutWaitingForTheInterval()
    {
        using var journal = await StartAsync();
        var session = Open();
        session.Touch(Hash, null, _time.GetUtcNow() + TimeSpan.FromMinutes(2.9));
        _live.Urgent.Count.ShouldBe(0);
        session.Touch(Hash, null, _time.GetUtcNow() + TimeSpan.FromMinutes(5.9));
        await _directory.Saved.WaitAsync(TimeSpan.FromSeconds(30));
        _directory.Batches.ShouldHaveSingleItem().Single().LastActivityAt.ShouldBe(_time.GetUtcNow() + TimeSpan.FromMinutes(5.9));
    }

    [Fact]
    public async Task Stop_WithUnsavedTouches_SavesThem()
    {
        using var journal = await StartAsync();
        Open().Touch(Hash, null, _time.GetUtcNow() + TimeSpan.FromSeconds(1));
        await journal.StopAsync(default);
        _directory.Batches.ShouldHaveSingleItem().Length.ShouldBe(1);
        await journal.SaveAsync(new SessionActivity(SessionId.From(Guid.CreateVersion7(_time.GetUtcNow())), _time.GetUtcNow()), default);
        _directory.Batches.Count.ShouldBe(2);
    }

    private async Task<ActivityWriter> StartAsync()
    {
        var services = new ServiceCollection().AddMetrics().AddSingleton(_live).AddSingleton<PlatformMetrics>().BuildServiceProvider();
        var journal = new ActivityWriter(
            _live, _directory, Options.Create(new SessionOptions()), services.GetRequiredService<PlatformMetrics>(), _time, NullLogger<ActivityWriter>.Instance);
        await journal.StartAsync(default);
        return journal;
    }

    private LiveSession Open()
    {
        var origin = new LiveSessionOrigin(
            SessionId.From(Guid.CreateVersion7(_time.GetUtcNow())), default, default, [.. Hash], TimeSpan.FromDays(1), _time.GetUtcNow(), ["pwd"], TenantEpoch: 0);
        var tenant = new LiveTenants().Publish(default, TestTerms.Of(TimeSpan.FromMinutes(30), TimeSpan.FromDays(1)));
        return new LiveSession(_live, tenant, origin, new SessionSubject("alice", Permissions.Read), _time.GetUtcNow());
    }

    private sealed class RecordingDirectory : ISessionTable
    {
        private readonly TaskCompletionSource _saved = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<SessionActivity[]> Batches { get; } = new();

        public Exception? Failure { get; set; }

        public Task Saved => _saved.Task;

        public Task SaveActivityAsync(IReadOnlyList<SessionActivity> batch, CancellationToken cancellationToken)
        {
            if (Failure is not null) throw Failure;
            Batches.Enqueue([.. batch]);
            _saved.TrySetResult();
            return Task.CompletedTask;
        }

        public Task AddAsync(SessionRow session, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task CorrectAsync(SessionId session, DateTimeOffset createdAt, DateTimeOffset lastActivity, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task EndAsync(SessionId session, SessionState reason, DateTimeOffset endedAt, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<SessionEnd?> FindEndAsync(SessionId session, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<DateTimeOffset?> FindActivityAsync(SessionId session, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Page<SessionListing>> ListAsync(TenantId tenant, UserId user, PageRequest page, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Page<OpenSession>> ListOpenAsync(TenantId tenant, PageRequest page, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<SessionId>> FindExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<SessionId>> FindEndedAsync(TenantId tenant, DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task RemoveAsync(IReadOnlyList<SessionId> sessions, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
