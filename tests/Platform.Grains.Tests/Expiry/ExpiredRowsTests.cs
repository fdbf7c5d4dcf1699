using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Platform.Expiry;

namespace Platform.Grains.Tests.Expiry;

public sealed class ExpiredRowsTests
{
    private readonly ManualTimeProvider _time = new();

    /// <summary>Anything but an outage of the database ended the service, and with it the process.</summary>
    [Fact]
    public async Task Round_TableThrowsSomethingElse_TheNextRoundComes()
    {
        var table = new FaultyTable();
        using var rows = new ExpiredRows([table], _time, NullLogger<ExpiredRows>.Instance);
        await rows.StartAsync(default);
        for (var i = 0; i < 3; i++) await table.NextRoundAsync(_time);

        rows.ExecuteTask!.IsCompleted.ShouldBeFalse();
        await rows.StopAsync(default);
    }

    private sealed class FaultyTable : IExpiringTable
    {
        private readonly Channel<DateTimeOffset> _asked = Channel.CreateUnbounded<DateTimeOffset>();

        public Task RemoveExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken)
        {
            _asked.Writer.TryWrite(now);
            throw new InvalidOperationException("a fault of ours");
        }

        /// <summary>The service makes its timer a moment after its start: the clock is moved until it has heard it.</summary>
        public async Task NextRoundAsync(ManualTimeProvider time)
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
            while (!_asked.Reader.TryRead(out _))
            {
                timeout.Token.ThrowIfCancellationRequested();
                time.Advance(TimeSpan.FromMinutes(10));
                await Task.Yield();
            }
        }
    }
}
