using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Platform.Grains.Tests.Hosting;
using Platform.Notifications;

namespace Platform.Grains.Tests.Notifications;

public sealed class NotificationWorkerTests
{
    [Fact]
    public async Task Enqueue_DirectorySender_WritesOneFileInTheContractsForm()
    {
        await using var silo = await SiloHost.StartAsync();
        await EnqueueAsync(silo, "bob@example.com");
        var file = (await OutboxFiles.WaitForAsync(silo.Folder, 1)).ShouldHaveSingleItem();
        file.To.ShouldBe("bob@example.com");
        file.Channel.ShouldBe("email");
        file.Template.ShouldBe("password_changed");
        file.Text.ShouldContain("bob");
        file.Subject.ShouldBe("acme: your password was changed");
        var path = Directory.GetFiles(Path.Combine(silo.Folder, "outbox")).ShouldHaveSingleItem();
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task SenderDown_ThenUp_DelaysAndLosesNothing()
    {
        var sender = new FlakySender { Down = true };
        await using var silo = await SiloHost.StartAsync(services => Use(services, sender));
        for (var i = 0; i < 5; i++) await EnqueueAsync(silo, $"user{i}@example.com");
        await sender.Failed.WaitAsync(TimeSpan.FromSeconds(30));
        sender.Down = false;

        // The silo's own worker may be postponing or sending some of them meanwhile: at its side, not at ours.
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        do silo.Time.Advance(TimeSpan.FromHours(2));
        while (await silo.Service<NotificationWorker>().DeliverAsync(timeout.Token) > 0 || sender.Sent.DistinctBy(n => n.To).Count() < 5);
    }

    [Fact]
    public async Task Restart_BetweenWritingAndSending_IsDeliveredAfterwards()
    {
        var sender = new FlakySender { Down = true };
        var silo = await SiloHost.StartAsync(services => Use(services, sender));
        await EnqueueAsync(silo, "bob@example.com");
        await sender.Failed.WaitAsync(TimeSpan.FromSeconds(30));
        silo = await silo.RestartAsync();
        await using var _ = silo;
        silo.Time.Advance(TimeSpan.FromHours(2));
        await silo.Service<NotificationWorker>().DeliverAsync(default);
        (await OutboxFiles.WaitForAsync(silo.Folder, 1)).ShouldHaveSingleItem().To.ShouldBe("bob@example.com");
    }

    [Fact, Trait("Threat", "T77")]
    public async Task Outbox_AtRest_HoldsNoTextOfTheMessage()
    {
        var silo = await SiloHost.StartAsync(services => Use(services, new FlakySender { Down = true }));
        await EnqueueAsync(silo, "canary-recipient@example.com");
        await silo.StopAsync();
        (await TestDatabases.DumpAsync(silo.Folder)).ShouldNotContain("canary-recipient");
        await silo.RemoveDataAsync();
    }

    private static Task EnqueueAsync(SiloHost silo, string to)
    {
        var notifier = silo.Service<Notifier>();
        return notifier.EnqueueAsync(
            [notifier.Compose(NotificationChannel.Email, tenant: null, PrefixedId.New<UserId>(silo.Time), to, NotificationTemplates.PasswordChanged, ("tenant", "acme"), ("username", "bob"))], default);
    }

    private static void Use(IServiceCollection services, INotificationSender sender)
    {
        foreach (var known in services.Where(s => s.ServiceType == typeof(INotificationSender)).ToArray()) services.Remove(known);
        services.AddSingleton(sender);
    }

    private sealed class FlakySender : INotificationSender
    {
        private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public NotificationChannel Channel => NotificationChannel.Email;

        public bool Down { get; set; }

        public Task Failed => _failed.Task;

        public ConcurrentQueue<Notification> Sent { get; } = new();

        public Task SendAsync(Notification notification, CancellationToken cancellationToken)
        {
            if (Down)
            {
                _failed.TrySetResult();
                throw new IOException("no route");
            }

            Sent.Enqueue(notification);
            return Task.CompletedTask;
        }
    }
}
