using Platform.Api.Tests.SecondFactors;

namespace Platform.Api.Tests.Support;

/// <summary>What tests do with support access, by intent.</summary>
internal static class SupportCalls
{
    private static int _operators;

    /// <summary>An operator beside the first one, signed in with a password.</summary>
    public static async Task<TestUser> NewPlainOperatorAsync(this PlatformHost host)
    {
        var username = $"operator-{Interlocked.Increment(ref _operators)}";
        var made = (await host.SendAsync(
            "POST",
            "/v1/tenants/platform/users",
            new { username, email = $"{username}@example.com", password = ApiCalls.Password, mustChangePassword = false, permissions = new[] { "operate" } },
            await host.OperatorTokenAsync())).ShouldBe(HttpStatusCode.Created);
        var session = await host.SignInAsync("platform", username, ApiCalls.Password);
        return new TestUser(made.String("tenantId")!, "platform", made.String("id")!, username, ApiCalls.Password, session.Token);
    }

    /// <summary>With an authenticator, whose first code this session has just proven.</summary>
    public static async Task<Enrolled> NewEnrolledOperatorAsync(this PlatformHost host) => await host.EnrolAsync(await host.NewPlainOperatorAsync());

    public static async Task<TestUser> NewOperatorAsync(this PlatformHost host) => (await host.NewEnrolledOperatorAsync()).User;

    public static object Wish(bool breakGlass = false, string duration = "PT1H") =>
        new { reason = "Users cannot be listed", ticket = "SUP-1042", duration, breakGlass };

    public static Task<Answer> TryAskAsync(this PlatformHost host, TestUser user, TestUser owner, object? wish = null, params (string Name, string Value)[] headers) =>
        host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/support-grants", wish ?? Wish(), user.Token, cookie: null, headers);

    /// <returns>Its id.</returns>
    public static async Task<string> AskAsync(this PlatformHost host, TestUser user, TestUser owner, object? wish = null)
    {
        // Ids of one millisecond are in no order.
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        return (await host.TryAskAsync(user, owner, wish)).ShouldBe(HttpStatusCode.Created).String("id")!;
    }

    public static Task<Answer> ApproveAsync(this PlatformHost host, TestUser user, string slug, string id) =>
        host.SendAsync("POST", $"/v1/tenants/{slug}/support-grants/{id}/approve", token: user.Token);

    public static Task<Answer> EndGrantAsync(this PlatformHost host, TestUser user, string slug, string id) =>
        host.SendAsync("DELETE", $"/v1/tenants/{slug}/support-grants/{id}", token: user.Token);

    public static Task<Answer> ListGrantsAsync(this PlatformHost host, TestUser user, string slug, string query = "") =>
        host.SendAsync("GET", $"/v1/tenants/{slug}/support-grants{query}", token: user.Token);

    /// <summary>Asked for by the one and approved by the other.</summary>
    public static async Task<string> GrantAsync(this PlatformHost host, TestUser user, TestUser owner, string duration = "PT1H")
    {
        var id = await host.AskAsync(user, owner, Wish(duration: duration));
        (await host.ApproveAsync(owner, owner.Slug, id)).ShouldBe(HttpStatusCode.OK).String("state").ShouldBe("active");
        return id;
    }

    /// <summary>What operators come for.</summary>
    public static Task<Answer> ReadUsersAsync(this PlatformHost host, TestUser user, TestUser owner) => host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users", token: user.Token);

    /// <summary>A read as it must be answered to whom the tenant does not exist for: as one of a tenant that does not.</summary>
    public static async Task ShouldSeeNothingAsync(this PlatformHost host, TestUser user, TestUser owner)
    {
        foreach (var path in (string[])["", "/users", $"/users/{owner.Id}", "/scenarios"])
        {
            var refused = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}{path}", token: user.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            refused.Comparable.ShouldBe((await host.SendAsync("GET", $"/v1/tenants/{PlatformHostCalls.NewSlug()}{path}", token: user.Token)).Comparable);
        }
    }

    /// <summary>Of the tenant's log, oldest first.</summary>
    public static async Task<JsonElement[]> SupportEventsAsync(this PlatformHost host, TestUser owner, string? grant = null)
    {
        var items = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?limit=200{(grant is null ? "" : $"&target={grant}")}", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items;
        return [.. items.Where(item => item.Text("action").StartsWith("support.", StringComparison.Ordinal)).Reverse()];
    }

    public static string Text(this JsonElement json, string member) => json.GetProperty(member).GetString()!;

    /// <summary>Value after a change, as JSON.</summary>
    public static string? After(this JsonElement found, string path) =>
        found.GetProperty("changes").EnumerateArray().Where(change => change.Text("path") == path).Select(change => change.GetProperty("after").GetRawText()).SingleOrDefault();
}
