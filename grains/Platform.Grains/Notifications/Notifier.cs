using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Platform.Security;

namespace Platform.Notifications;

/// <summary>Puts notifications into the outbox. When it returns they are on disk and will be delivered, whatever happens to this process.</summary>
internal sealed class Notifier(NotificationOutbox outbox, PersonalData personal, IOptions<NotificationOptions> options, TimeProvider time)
{
    private const int RowsPerRead = 200;

    /// <summary>JSON for no notification, as long as one.</summary>
    private static readonly byte[] Nothing = Encoding.ASCII.GetBytes("null".PadRight(400));

    private readonly Channel<bool> _written = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <param name="channel">How it goes.</param>
    /// <param name="tenant">Whose language and templates it is written in; null: the platform's.</param>
    /// <param name="recipient">Whose address it is.</param>
    /// <param name="to">The address.</param>
    /// <param name="template">One of <see cref="NotificationTemplates"/>.</param>
    /// <param name="data">What the text is made of.</param>
    public Notification Compose(NotificationChannel channel, TenantId? tenant, UserId recipient, string to, string template, params (string Key, string Value)[] data)
    {
        // The token stands behind '#': browsers do not send it on, neither to the page's server nor in a referrer.
        if (PageOf(template) is { } page && data.FirstOrDefault(d => d.Key == "token") is { Value: { } token }) data = [.. data, ("link", $"{page}#token={token}")];
        var sorted = data.ToImmutableSortedDictionary(d => d.Key, d => d.Value, StringComparer.Ordinal);
        var now = time.GetUtcNow();
        return new Notification
        {
            Id = Guid.CreateVersion7(now),
            Channel = channel,
            Recipient = recipient,
            To = to,
            Template = template,
            TenantId = tenant,
            CreatedAt = now,
            Data = sorted,
        };
    }

    /// <summary>Where the token of a message is presented.</summary>
    private Uri? PageOf(string template) => template switch
    {
        NotificationTemplates.PasswordReset => options.Value.ResetPage,
        NotificationTemplates.EmailConfirmation => options.Value.EmailConfirmationPage,
        NotificationTemplates.Invitation => options.Value.InvitationPage,
        NotificationTemplates.NewSignIn => options.Value.SessionEndPage,
        _ => null,
    };

    public async Task EnqueueAsync(IReadOnlyList<Notification> notifications, CancellationToken cancellationToken)
    {
        if (notifications.Count == 0) return;
        var rows = new List<OutboxRow>(notifications.Count);
        foreach (var notification in notifications)
        {
            var content = JsonSerializer.SerializeToUtf8Bytes(notification, NotificationJson.Default.Notification);
            if (await SealAsync(notification.Id, notification.Recipient, notification.About, content, cancellationToken) is { } row) rows.Add(row);
        }

        if (rows.Count == 0) return;
        await outbox.AddAsync(rows, time.GetUtcNow(), cancellationToken);
        _written.Writer.TryWrite(true);
    }

    /// <summary>Costs what a notification costs and sends nothing: for answers that must take the same time.</summary>
    /// <param name="subject">Who it would go to, or an id that nobody has.</param>
    public async Task EnqueueNothingAsync(UserId subject, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await SealAsync(Guid.CreateVersion7(now), subject, about: null, Nothing, cancellationToken) is { } row) await outbox.AddAsync([row], now, cancellationToken);
    }

    /// <summary>The waiting notifications that match. Reads all that wait, which are few unless a sender is down.</summary>
    internal async Task<List<Notification>> FindAsync(Func<Notification, bool> matches, CancellationToken cancellationToken)
    {
        var found = new List<Notification>();
        IReadOnlyList<OutboxRow> rows = [];
        do
        {
            rows = await outbox.ReadAsync(rows.Count == 0 ? Guid.Empty : rows[^1].Id, RowsPerRead, cancellationToken);
            foreach (var row in rows)
            {
                if (await OpenAsync(row, cancellationToken) is { } notification && matches(notification)) found.Add(notification);
            }
        }
        while (rows.Count == RowsPerRead);
        return found;
    }

    /// <summary>Those that match are not sent any more. One that is just being sent may still arrive.</summary>
    internal async Task RemoveAsync(Func<Notification, bool> matches, CancellationToken cancellationToken)
    {
        foreach (var found in await FindAsync(matches, cancellationToken)) await outbox.RemoveAsync(found.Id, cancellationToken);
    }

    /// <summary>Null for a row that is there for the time it took, and for one of a person who was erased since.</summary>
    internal async Task<Notification?> OpenAsync(OutboxRow row, CancellationToken cancellationToken)
    {
        var content = await OpenAsync(row.Subject, row.Id, row.Sealed.AsMemory(), cancellationToken);
        if (content is not null && row.About is { } about) content = await OpenAsync(about, row.Id, content, cancellationToken);
        if (content is null || JsonSerializer.Deserialize(content, NotificationJson.Default.Notification) is not { } notification) return null;
        return notification with { Recipient = PrefixedId.Parse<UserId>(row.Subject) };
    }

    private async Task<byte[]?> OpenAsync(string subject, Guid id, ReadOnlyMemory<byte> stored, CancellationToken cancellationToken)
    {
        var opened = await personal.OpenForUnknownSubjectAsync(subject, stored, Context(id), cancellationToken);
        if (opened is { Plain: null, Erased: false }) throw new CryptographicException("A notification at rest was altered, or its data key is missing.");
        return opened.Plain;
    }

    /// <summary>Null: somebody whom it names was erased, and nothing is sent.</summary>
    private async ValueTask<OutboxRow?> SealAsync(Guid id, UserId recipient, UserId? about, byte[] content, CancellationToken cancellationToken)
    {
        if (about is { } other)
        {
            if (await personal.SealForUnknownSubjectAsync(other.ToString(), content, Context(id), cancellationToken) is not { } inner) return null;
            content = inner;
        }

        return await personal.SealForUnknownSubjectAsync(recipient.ToString(), content, Context(id), cancellationToken) is { } sealedContent
            ? new OutboxRow(id, recipient.ToString(), about?.ToString(), [.. sealedContent], 0)
            : null;
    }

    private static string Context(Guid id) => $"notification:{id:N}";

    /// <summary>Until something was enqueued here or the time is over.</summary>
    internal async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_written.Reader.WaitToReadAsync(over.Token).AsTask(), Task.Delay(longest, time, over.Token));
        _written.Reader.TryRead(out _);
        await over.CancelAsync();
    }

    /// <summary>A time as messages say it: UTC, to the second.</summary>
    public static string Print(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
