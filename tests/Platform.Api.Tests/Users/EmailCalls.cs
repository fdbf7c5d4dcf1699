using Platform.Notifications;

namespace Platform.Api.Tests.Users;

/// <summary>What tests want of a user's address, by intent.</summary>
internal static class EmailCalls
{
    /// <summary>Delivered to an address so far, oldest first; at least so many.</summary>
    public static async Task<IReadOnlyList<OutboxFiles.Delivered>> MailsAsync(this PlatformHost host, string tenant, string to, int count)
    {
        await host.Service<NotificationWorker>().DeliverAsync(default);

        // The files are in order of time; the next one shall come later.
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        return await OutboxFiles.WaitForAsync(host.Folder, count, file => file.To == to && file.Data.GetValueOrDefault("tenant") == tenant);
    }

    /// <summary>The token of the latest link to an address.</summary>
    public static async Task<string> LinkAsync(this PlatformHost host, string tenant, string to, string template = "email_confirmation", int count = 1)
    {
        await host.Service<NotificationWorker>().DeliverAsync(default);
        var links = await OutboxFiles.WaitForAsync(host.Folder, count, file => file.To == to && file.Template == template && file.Data["tenant"] == tenant);
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        return links[^1].Data["token"];
    }

    public static Task<Answer> RequestEmailAsync(this PlatformHost host, TestUser manager, string user, string email)
    {
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        return host.SendAsync("PATCH", $"/v1/tenants/{manager.Slug}/users/{user}", new { email }, manager.Token);
    }

    public static Task<Answer> ConfirmEmailAsync(this PlatformHost host, string token) => host.SendAsync("POST", "/v1/email/confirm", new { token });

    public static Task<Answer> AcceptInvitationAsync(this PlatformHost host, string token, string password) =>
        host.SendAsync("POST", "/v1/invitations/accept", new { token, password });

    /// <summary>Both steps.</summary>
    public static async Task ChangeEmailAsync(this PlatformHost host, TestUser manager, string user, string email)
    {
        (await host.RequestEmailAsync(manager, user, email)).ShouldBe(HttpStatusCode.OK);
        (await host.ConfirmEmailAsync(await host.LinkAsync(manager.Slug, email))).ShouldBe(HttpStatusCode.NoContent);
    }
}
