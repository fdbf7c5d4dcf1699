using Platform.Api.DeniedRequests;

namespace Platform.Api.Tests.DeniedRequests;

/// <summary>What the access log says of refused calls.</summary>
internal static class DeniedRequestQueueExtensions
{
    /// <summary>Once all that was refused so far is told; oldest first.</summary>
    public static async Task<List<JsonElement>> RefusalsAsync(this PlatformHost host, TestUser reader)
    {
        await host.Service<DeniedRequestAuditor>().FlushAsync(default);
        var found = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await host.SendAsync("GET", $"/v1/tenants/{reader.Slug}/audit-events?action=session.refused&limit=200{cursor}", token: reader.Token)).ShouldBe(HttpStatusCode.OK);
            found.AddRange(page.Items);
            cursor = page.String("nextCursor") is { } next ? $"&cursor={next}" : null;
        }

        found.Reverse();
        return found;
    }

    public static string? Reason(this JsonElement entry) => entry.GetProperty("reason").GetString();

    public static string? Target(this JsonElement entry) => entry.GetProperty("target").GetProperty("id").GetString();
}
