using Platform.Benchmarks.Hosting;

namespace Platform.Benchmarks.Pages;

/// <param name="Name">In the tables.</param>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">On the host.</param>
/// <param name="Status">What it is answered with; anything else ends the run.</param>
/// <param name="Headers">As browsers send them.</param>
internal sealed record PageCallKind(string Name, string Method, string Path, int Status, params (string Name, string Value)[] Headers);

/// <summary>A tenant with a snippet that works, a session of the platform's own and one of a page, and what is measured with them.</summary>
internal static class PageCalls
{
    /// <returns>The first is what the others are compared with.</returns>
    public static async Task<PageCallKind[]> PrepareAsync(PagesHost host)
    {
        await host.Api.CreateTenantAsync();
        var owner = await host.Api.SignInOwnerAsync();
        var (snippet, origin) = await host.Api.PreparePageAsync(owner);
        var shown = await host.Api.AskAsync("GET", $"/v1/tenants/{ApiClient.Tenant}/snippets/{snippet}", token: owner);
        var script = new Uri(shown.GetProperty("scriptUrl").GetString()!).AbsolutePath;
        var (loader, pages) = ($"/s/{snippet}.js", $"/v1/snippets/{snippet}");
        var onPage = (await host.Api.AskAsync("POST", pages + "/sign-in", new { username = ApiClient.Owner, password = ApiClient.OwnerPassword, transport = "token" }, origin: origin)).GetProperty("token").GetString()!;
        (string, string)[] page = [("Origin", origin), ("Cookie", "__Host-psid=" + onPage)];
        return
        [
            new("`GET /v1/session`", "GET", "/v1/session", 200, ("Cookie", "__Host-sid=" + owner)),
            new("a page's peek", "GET", pages + "/session", 200, page),
            new("a page's touch", "POST", pages + "/session/touch", 200, page),
            new("a page's peek without a session", "GET", pages + "/session", 401, ("Origin", origin), ("Cookie", "__Host-psid-probe=1")),
            new("loader, 200 in Brotli", "GET", loader, 200, ("Accept-Encoding", "gzip, deflate, br")),
            new("loader, 304", "GET", loader, 304, ("Accept-Encoding", "gzip, deflate, br"), ("If-None-Match", await host.ReadETagAsync(loader))),
            new("script by its hash, 200 in Brotli", "GET", script, 200, ("Accept-Encoding", "gzip, deflate, br")),
        ];
    }
}
