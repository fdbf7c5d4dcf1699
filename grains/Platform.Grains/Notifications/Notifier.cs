using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using Platform.Security;

namespace Platform.Notifications;

/// <summary>Puts notifications into the outbox. When it returns they are on disk and will be delivered, whatever happens to this process.</summary>
public sealed class Notifier(INotificationOutbox outbox, MasterKey master, TimeProvider time)
{
    private const string Purpose = "notification";

    private readonly Channel<bool> _written = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public Notification Compose(NotificationChannel channel, string to, string template, params (string Key, string Value)[] data)
    {
        var sorted = data.ToImmutableSortedDictionary(d => d.Key, d => d.Value, StringComparer.Ordinal);
        var now = time.GetUtcNow();
        return new Notification
        {
            Id = Guid.CreateVersion7(now),
            Channel = channel,
            To = to,
            Template = template,
            Text = NotificationTemplates.Text(template, sorted),
            CreatedAt = now,
            Data = sorted,
        };
    }

    public async Task EnqueueAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken)
    {
        if (notifications.Count == 0) return;
        var rows = notifications.Select(n => new OutboxRow(n.Id, master.Wrap(JsonSerializer.SerializeToUtf8Bytes(n, NotificationJson.Default.Notification), Purpose), 0));
        await outbox.AddAsync([.. rows], time.GetUtcNow(), cancellationToken);
        _written.Writer.TryWrite(true);
    }

    internal Notification Open(OutboxRow row) =>
        JsonSerializer.Deserialize(master.Unwrap(row.Sealed.AsSpan(), Purpose), NotificationJson.Default.Notification)
        ?? throw new JsonException("A stored notification is null.");

    /// <summary>Until something was enqueued here or the time is over.</summary>
    internal async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_written.Reader.WaitToReadAsync(over.Token).AsTask(), Task.Delay(longest, time, over.Token));
        _written.Reader.TryRead(out _);
        await over.CancelAsync();
    }
}
