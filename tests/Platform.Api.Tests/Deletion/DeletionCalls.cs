using Platform.Deletion;

namespace Platform.Api.Tests.Deletion;

/// <summary>What tests do about deletions of tenants, by intent.</summary>
internal static class DeletionCalls
{
    public static async Task<Answer> DeleteTenantAsync(this PlatformHost host, string tenant) =>
        await host.SendAsync("DELETE", $"/v1/operator/tenants/{tenant}", token: await host.OperatorTokenAsync());

    public static async Task<Answer> ReadTenantAsync(this PlatformHost host, string tenant) =>
        await host.SendAsync("GET", $"/v1/operator/tenants/{tenant}", token: await host.OperatorTokenAsync());

    public static async Task<Answer> ReadDeletionAsync(this PlatformHost host, string tenant) =>
        await host.SendAsync("GET", $"/v1/operator/tenant-deletions/{tenant}", token: await host.OperatorTokenAsync());

    /// <summary>As the platform does every minute.</summary>
    public static Task WorkAsync(this PlatformHost host) => host.Service<TenantDeletionWorker>().ResumeAsync(default);

    /// <summary>The time goes by with the worker at work, as it does in life.</summary>
    public static async Task PassAsync(this PlatformHost host, int days)
    {
        for (var day = 0; day < days; day++)
        {
            host.Time.Advance(TimeSpan.FromDays(1));
            await host.WorkAsync();
        }
    }

    /// <summary>From the request to the certificate.</summary>
    public static async Task<Answer> DeletedAsync(this PlatformHost host, string tenant)
    {
        (await host.DeleteTenantAsync(tenant)).ShouldBe(HttpStatusCode.Accepted);
        await host.PassAsync(31);
        return (await host.ReadDeletionAsync(tenant)).ShouldBe(HttpStatusCode.OK);
    }

    public static async Task<IReadOnlyList<OutboxFiles.Delivered>> DeletionMailsAsync(this PlatformHost host, string slug, string template, int count) =>
        await OutboxFiles.WaitForAsync(host.Folder, count, mail => mail.Template == template && mail.Data["tenant"] == slug);
}
