using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Platform.Notifications;
using Platform.Security;

namespace Platform.Tests.Notifications;

public sealed class NotifierTests : INotificationOutbox, IDisposable
{
    private readonly MasterKey _master = new(RandomNumberGenerator.GetBytes(32));
    private readonly List<OutboxRow> _rows = [];

    [Fact]
    public async Task Open_NotificationAndRowOfNothing_OnlyTheFirstIsOne()
    {
        var notifier = With(_master);
        await EnqueueAsync(notifier);
        await notifier.EnqueueNothingAsync(default);
        notifier.Open(_rows[0]).ShouldNotBeNull().To.ShouldBe("bob@example.com");
        notifier.Open(_rows[1]).ShouldBeNull();
    }

    /// <summary>It must stay in the outbox and be told, not leave it as an empty row would.</summary>
    [Fact]
    public async Task Open_SealedByAnotherKey_Throws()
    {
        await EnqueueAsync(With(_master));
        using var other = new MasterKey(RandomNumberGenerator.GetBytes(32));
        Should.Throw<CryptographicException>(() => With(other).Open(_rows[0]));
    }

    public void Dispose() => _master.Dispose();

    Task INotificationOutbox.AddAsync(IReadOnlyList<OutboxRow> rows, DateTimeOffset dueAt, CancellationToken cancellationToken)
    {
        _rows.AddRange(rows);
        return Task.CompletedTask;
    }

    Task<IReadOnlyList<OutboxRow>> INotificationOutbox.TakeDueAsync(DateTimeOffset now, DateTimeOffset again, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    Task INotificationOutbox.PostponeAsync(Guid id, int attempts, DateTimeOffset dueAt, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task INotificationOutbox.RemoveAsync(Guid id, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<OutboxRow>> INotificationOutbox.ReadAsync(Guid after, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    private Notifier With(MasterKey master) => new(this, master, Options.Create(new NotificationOptions()), TimeProvider.System);

    private static Task EnqueueAsync(Notifier notifier) => notifier.EnqueueAsync(
        [notifier.Compose(NotificationChannel.Email, "bob@example.com", NotificationTemplates.PasswordChanged, ("tenant", "acme"), ("username", "bob"))], default);
}
