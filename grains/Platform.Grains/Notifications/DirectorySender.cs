using System.Text.Json;
using Platform.Security;

namespace Platform.Notifications;

/// <summary>One JSON file a notification, complete when it appears, readable by the owner only. For development, tests and programs that carry on from there.</summary>
internal sealed class DirectorySender(NotificationChannel channel, string directory) : INotificationSender
{
    public NotificationChannel Channel => channel;

    public async Task SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var name = Path.Combine(directory, $"{notification.CreatedAt:yyyyMMddTHHmmssfff}-{notification.Id:N}");
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        await using (var file = new FileStream(name + ".new", options))
        {
            await JsonSerializer.SerializeAsync(file, notification, NotificationFileJson.Default.Notification, cancellationToken);
            file.Flush(flushToDisk: true);
        }

        DurableFolder.MoveFile(name + ".new", name + ".json", overwrite: true);
    }
}
