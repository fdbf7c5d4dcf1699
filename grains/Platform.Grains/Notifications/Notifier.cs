using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Platform.Security;

namespace Platform.Notifications;

/// <summary>Puts notifications into the outbox. When it returns they are on disk and will be delivered, whatever happens to this process.</summary>
public sealed class Notifier(INotificationOutbox outbox, MasterKey master, IOptions<NotificationOptions> options, TimeProvider time)
{
    private const string Purpose = "notification";
    private const string Nothing = "no-notification";
    private const int RowsPerRead = 200;

    private readonly Channel<bool> _written = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public Notification Compose(NotificationChannel channel, string to, string template, params (string Key, string Value)[] data)
    {
        // The token stands behind '#': browsers do not send it on, neither to the page's server nor in a referrer.
        if (options.Value.ResetPage is { } page && data.FirstOrDefault(d => d.Key == "token") is { Value: { } token }) data = [.. data, ("link", $"{page}#token={token}")];
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

    /// <summary>Costs what a notification costs and sends nothing: for answers that must take the same time.</summary>
    public Task EnqueueNothingAsync(CancellationToken cancellationToken) =>
        outbox.AddAsync([new OutboxRow(Guid.CreateVersion7(time.GetUtcNow()), master.Wrap(new byte[400], Nothing), 0)], time.GetUtcNow(), cancellationToken);

    /// <summary>Those that wait and match. Looks at all that wait: few, unless a sender is down.</summary>
    internal async Task<List<Notification>> FindAsync(Func<Notification, bool> matches, CancellationToken cancellationToken)
    {
        var found = new List<Notification>();
        IReadOnlyList<OutboxRow> rows = [];
        do
        {
            rows = await outbox.ReadAsync(rows.Count == 0 ? Guid.Empty : rows[^1].Id, RowsPerRead, cancellationToken);
            found.AddRange(rows.Select(Open).OfType<Notification>().Where(matches));
        }
        while (rows.Count == RowsPerRead);
        return found;
    }

    /// <summary>Those that match are not sent any more. One that is just being sent may still arrive.</summary>
    internal async Task RemoveAsync(Func<Notification, bool> matches, CancellationToken cancellationToken)
    {
        foreach (var found in await FindAsync(matches, cancellationToken)) await outbox.RemoveAsync(found.Id, cancellationToken);
    }

    /// <summary>Null for a row that is there for the time it took.</summary>
    internal Notification? Open(OutboxRow row)
    {
        try
        {
            return JsonSerializer.Deserialize(master.Unwrap(row.Sealed.AsSpan(), Purpose), NotificationJson.Default.Notification);
        }
        catch (CryptographicException) when (IsNothing(row))
        {
            return null;
        }
    }

    /// <summary>Until something was enqueued here or the time is over.</summary>
    internal async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_written.Reader.WaitToReadAsync(over.Token).AsTask(), Task.Delay(longest, time, over.Token));
        _written.Reader.TryRead(out _);
        await over.CancelAsync();
    }

    private bool IsNothing(OutboxRow row)
    {
        try
        {
            master.Unwrap(row.Sealed.AsSpan(), Nothing);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
