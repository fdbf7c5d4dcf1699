namespace Platform.Api.Tests.Sessions;

public sealed class SessionFilterTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task List_ByState_CountsASessionThatIsOverAsEnded()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        var signedOut = await host.SignInAsync(bob);
        await host.SignOutAsync(signedOut.Token);
        host.Time.Advance(TimeSpan.FromMinutes(31));
        var live = await host.SignInAsync(bob);
        var manager = await host.SignInAsync(owner);

        foreach (var (path, token) in new[] { ("/v1/me/sessions", live.Token), ($"/v1/tenants/{owner.Slug}/users/{bob.Id}/sessions", manager.Token) })
        {
            (await ListAsync("?state=live")).ShouldBe([live.Id]);
            (await ListAsync("?state=ended")).Count.ShouldBe(2, "one was signed out, the other was idle for too long and nothing has marked it yet");
            (await ListAsync("")).Count.ShouldBe(3);
            (await ListAsync("?state=ended&limit=1")).Count.ShouldBe(1);

            async Task<IReadOnlyList<string?>> ListAsync(string query) =>
                [.. (await host.SendAsync("GET", path + query, token: token)).ShouldBe(HttpStatusCode.OK).Items.Select(session => session.GetProperty("id").GetString())];
        }
    }

    [Theory]
    [InlineData("127.0.0.1", 1)]
    [InlineData("127.0.0.0/8", 1)]
    [InlineData("::ffff:127.0.0.1", 1)]
    [InlineData("0.0.0.0/0", 1)]
    [InlineData("127.0.0.2", 0)]
    [InlineData("::/0", 0)]
    public async Task List_ByAddress_ShowsThoseThatBeganThere(string ip, int count)
    {
        var owner = await host.NewTenantAsync();

        (await host.SendAsync("GET", $"/v1/me/sessions?ip={Uri.EscapeDataString(ip)}", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items.Length.ShouldBe(count);
    }

    [Theory]
    [InlineData("state=Live", "?state", "invalid_state")]
    [InlineData("ip=010.0.0.1", "?ip", "invalid_ip")]
    [InlineData("ip=10.0.0.1/8", "?ip", "invalid_ip")]
    [InlineData("ip=here", "?ip", "invalid_ip")]
    [InlineData("status=live", "?status", "unknown_parameter")]
    public async Task List_FilterThatIsNotUnderstood_IsRefused(string query, string pointer, string code)
    {
        var owner = await host.NewTenantAsync();

        (await host.SendAsync("GET", $"/v1/me/sessions?{query}", token: owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([(pointer, code)]);
    }
}
