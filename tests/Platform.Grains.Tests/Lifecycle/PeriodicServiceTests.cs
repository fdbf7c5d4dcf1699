using System.Threading.Channels;
using Platform.Lifecycle;

namespace Platform.Grains.Tests.Lifecycle;

public sealed class PeriodicServiceTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(typeof(StorageUnavailableException))]
    [InlineData(typeof(InvalidOperationException))]
    [InlineData(typeof(OperationCanceledException))]
    public async Task Round_Fails_IsLoggedAndTheNextRoundComes(Type failure)
    {
        using var service = new Rounds(_time, Interval) { Failure = () => (Exception)Activator.CreateInstance(failure)! };
        await service.StartAsync(default);
        (await service.NextAsync()).ShouldBe(failure.Name);
        service.Failure = null;

        _time.Advance(Interval);

        (await service.NextAsync()).ShouldBe("done");
        service.ExecuteTask!.IsCompleted.ShouldBeFalse();
        await service.StopAsync(default);
    }

    [Fact]
    public async Task Stop_InTheMiddleOfARound_EndsWithoutAFailure()
    {
        using var service = new Rounds(_time, Interval) { Hangs = true };
        await service.StartAsync(default);
        await service.Hanging;

        await service.StopAsync(default);

        service.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue();
        service.RecentlyReported.ShouldBe(0);
    }

    private sealed class Rounds(TimeProvider time, TimeSpan interval) : PeriodicService(interval, time)
    {
        private readonly Channel<string> _ended = Channel.CreateUnbounded<string>();
        private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Func<Exception>? Failure { get; set; }

        public bool Hangs { get; init; }

        public Task Hanging => _hanging.Task;

        public int RecentlyReported => _ended.Reader.Count;

        protected override bool RunsAtStart => true;

        public Task<string> NextAsync() => _ended.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        protected override async Task RunAsync(CancellationToken cancellationToken)
        {
            if (Failure is { } failure) throw failure();
            if (Hangs)
            {
                _hanging.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            _ended.Writer.TryWrite("done");
        }

        protected override void LogFailure(Exception failure) => _ended.Writer.TryWrite(failure.GetType().Name);
    }
}
