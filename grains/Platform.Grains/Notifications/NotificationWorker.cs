using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.Notifications;

/// <summary>Hands one channel's notifications, as they are written, to whatever carries them. Throws what it likes when it cannot: the worker tries again.</summary>
internal interface INotificationSender
{
    NotificationChannel Channel { get; }

    Task SendAsync(Notification notification, CancellationToken cancellationToken);
}

/// <summary>
/// Delivers the outbox: at least once, with growing pauses up to an hour for a sender that is down. What it cannot deliver waits; nothing is dropped.
/// </summary>
internal sealed partial class NotificationWorker(
    Notifier notifier,
    NotificationOutbox outbox,
    NotificationRenderer renderer,
    IEnumerable<INotificationSender> senders,
    TimeProvider time,
    ILogger<NotificationWorker> logger) : BackgroundService
{
    private const int BatchSize = 50;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);

    /// <summary>Longer than a sender may take: then another process, or this one after a restart, takes it up.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly Dictionary<NotificationChannel, INotificationSender> _senders = senders.ToDictionary(s => s.Channel);

    /// <summary>Sends what is due now.</summary>
    /// <returns>How many were delivered.</returns>
    public async Task<int> DeliverAsync(CancellationToken cancellationToken)
    {
        var delivered = 0;
        while (true)
        {
            var now = time.GetUtcNow();
            var rows = await outbox.TakeDueAsync(now, now + Timeout, BatchSize, cancellationToken);
            foreach (var row in rows) delivered += await TryDeliverAsync(row, cancellationToken) ? 1 : 0;
            if (rows.Count < BatchSize) return delivered;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await DeliverAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                OutboxFailed(logger, failure);
            }

            await notifier.WaitAsync(Poll, stoppingToken);
        }
    }

    private async Task<bool> TryDeliverAsync(OutboxRow row, CancellationToken cancellationToken)
    {
        try
        {
            if (await notifier.OpenAsync(row, cancellationToken) is not { } notification)
            {
                await outbox.RemoveAsync(row.Id, cancellationToken);
                return false;
            }

            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(Timeout / 2);
            await _senders[notification.Channel].SendAsync(await renderer.RenderAsync(notification, timeout.Token), timeout.Token);
            await outbox.RemoveAsync(row.Id, cancellationToken);
            return true;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            var attempts = row.Attempts + 1;
            await outbox.PostponeAsync(row.Id, attempts, time.GetUtcNow() + ExponentialBackoff.After(FirstPause, row.Attempts, NotificationOutbox.LongestPause), cancellationToken);
            NotDelivered(logger, failure.GetType().Name, attempts);
            return false;
        }
    }

    // The exception's text may name a recipient; its type says enough.
    [LoggerMessage(EventName = "NotificationNotDelivered", Level = LogLevel.Warning, Message = "A notification was not delivered ({Failure}), attempt {Attempts}; the worker tries again")]
    private static partial void NotDelivered(ILogger logger, string failure, int attempts);

    [LoggerMessage(EventName = "OutboxFailed", Level = LogLevel.Warning, Message = "The outbox could not be read; the next round tries again")]
    private static partial void OutboxFailed(ILogger logger, Exception failure);
}
