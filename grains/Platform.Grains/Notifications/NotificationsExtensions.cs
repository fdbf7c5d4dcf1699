using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Lifecycle;

namespace Platform.Notifications;

internal static class NotificationsExtensions
{
    public static void AddNotifications(this IServiceCollection services)
    {
        services.AddOptions<NotificationOptions>().BindConfiguration(NotificationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<NotificationOptions>, NotificationOptionsValidator>();
        services.AddSingleton<Notifier>();
        services.AddSingleton<ManagerNotifications>();
        services.AddSingleton<NotificationRenderer>();

        // The gateway has an address in the settings and no other: body and signature follow no redirect.
        services.AddHttpClient(nameof(SmsWebhookSender), http => http.Timeout = TimeSpan.FromSeconds(30))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        services.AddSingleton(provider => Email(provider));
        services.AddSingleton(provider => Sms(provider));
        services.AddSiloService<NotificationWorker>(SiloStages.Writers);
    }

    private static INotificationSender Email(IServiceProvider provider) => Options(provider).Smtp is { Host: not null } smtp
        ? new SmtpSender(smtp)
        : new DirectorySender(NotificationChannel.Email, Directory(provider));

    private static INotificationSender Sms(IServiceProvider provider) => Options(provider).Sms is { WebhookUrl: not null } sms
        ? new SmsWebhookSender(sms, provider.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(SmsWebhookSender)), provider.GetRequiredService<TimeProvider>())
        : new DirectorySender(NotificationChannel.Sms, Directory(provider));

    private static NotificationOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<NotificationOptions>>().Value;

    private static string Directory(IServiceProvider provider) =>
        Options(provider).Directory ?? Path.Combine(provider.GetRequiredService<IOptions<PlatformOptions>>().Value.DataDirectory, "outbox");
}
