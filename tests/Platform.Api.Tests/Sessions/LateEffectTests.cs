using Platform.Api.Tests.SecondFactors;

namespace Platform.Api.Tests.Sessions;

/// <summary>Several clients ask without a pause while something is taken away: none that asks after the answer gets through (threat T40).</summary>
public sealed class LateEffectTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const int Rounds = 5;
    private const int Clients = 4;
    private const int AsksAfter = 20;

    [Fact, Trait("Threat", "T40"), Trait("Threat", "T31")]
    public async Task RevokeAllSessions_AgainstValidationLoops_LeavesNoStaleAccept()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        for (var round = 0; round < Rounds; round++)
        {
            var (acting, asking) = (await host.SignInAsync(owner), await host.SignInAsync(bob));
            (await RaceAsync(Validate(asking.Token), () => SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/sessions", acting.Token, HttpStatusCode.Accepted))).ShouldBe(0);
        }
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Disable_AgainstValidationLoops_LeavesNoStaleAccept()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        for (var round = 0; round < Rounds; round++)
        {
            var asking = await host.SignInAsync(bob);
            (await RaceAsync(Validate(asking.Token), () => PatchUserAsync("disabled"))).ShouldBe(0);
            await PatchUserAsync("active");
        }

        Task PatchUserAsync(string status) => SendAsync("PATCH", $"/v1/tenants/{owner.Slug}/users/{bob.Id}", owner.Token, HttpStatusCode.OK, new { status });
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Rights_TakenAwayAgainstLoopsThatNeedThem_LeaveNoStaleAccept()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        for (var round = 0; round < Rounds; round++)
        {
            await GiveAsync("read", "manage-users");
            (await RaceAsync(Ask("GET", $"/v1/tenants/{owner.Slug}/roles", bob.Token, HttpStatusCode.OK, HttpStatusCode.Forbidden), () => GiveAsync("read"))).ShouldBe(0);
        }

        Task GiveAsync(params string[] permissions) =>
            SendAsync("PUT", $"/v1/tenants/{owner.Slug}/users/{bob.Id}/permissions", owner.Token, HttpStatusCode.OK, new { permissions });
    }

    [Fact, Trait("Threat", "T40")]
    public async Task Policy_ShortenedAgainstValidationLoops_LeavesNoStaleAccept()
    {
        var owner = await host.NewTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        for (var round = 0; round < Rounds; round++)
        {
            var asking = await host.SignInAsync(bob);
            host.Time.Advance(TimeSpan.FromMinutes(10));
            (await RaceAsync(Validate(asking.Token), () => SetIdleAsync("PT5M"))).ShouldBe(0);
            await SetIdleAsync("PT30M");
        }

        Task SetIdleAsync(string idleTimeout) => SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", owner.Token, HttpStatusCode.OK, new { sessionPolicy = new { idleTimeout } });
    }

    [Fact, Trait("Threat", "T40"), Trait("Threat", "T19")]
    public async Task SecondFactor_RequiredAgainstValidationLoops_LeavesNoStaleAccept()
    {
        var owner = (await host.NewEnrolledAsync()).User;
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        for (var round = 0; round < Rounds; round++)
        {
            (await RaceAsync(Validate(bob.Token), () => RequireAsync(true))).ShouldBe(0);
            (await RaceAsync(Ask("POST", "/v1/session/touch", bob.Token, HttpStatusCode.OK, HttpStatusCode.Forbidden), () => RequireAsync(true), before: () => RequireAsync(false))).ShouldBe(0);
            await RequireAsync(false);
        }

        Task RequireAsync(bool requireSecondFactor) => SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", owner.Token, HttpStatusCode.OK, new { requireSecondFactor });
    }

    private static Func<HttpClient, Task<bool>> Validate(string token) => Ask("POST", "/v1/session/validate", token, HttpStatusCode.NoContent, HttpStatusCode.Unauthorized);

    /// <summary>Any other answer fails the test.</summary>
    private static Func<HttpClient, Task<bool>> Ask(string method, string path, string token, HttpStatusCode accepted, HttpStatusCode refused) => async client =>
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { Authorization = new("Bearer", token) } };
        using var response = await client.SendAsync(request);
        response.StatusCode.ShouldBeOneOf(accepted, refused);
        return response.StatusCode == accepted;
    };

    private async Task SendAsync(string method, string path, string token, HttpStatusCode expected, object? body = null) =>
        (await host.SendAsync(method, path, body, token)).ShouldBe(expected);

    /// <returns>How many asked after the change was answered and got through.</returns>
    private async Task<int> RaceAsync(Func<HttpClient, Task<bool>> isAccepted, Func<Task> change, Func<Task>? before = null)
    {
        if (before is not null) await before();
        var (answered, stale) = (false, 0);
        using var accepted = new SemaphoreSlim(0);
        var loops = Enumerable.Range(0, Clients).Select(_ => Task.Run(LoopAsync)).ToArray();
        for (var i = 0; i < Clients; i++) (await accepted.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeTrue("A client was never accepted.");
        await change();
        Volatile.Write(ref answered, true);
        await Task.WhenAll(loops).WaitAsync(TimeSpan.FromSeconds(60));
        return stale;

        async Task LoopAsync()
        {
            using var client = host.NewClient();
            var told = false;
            for (var after = 0; after < AsksAfter;)
            {
                var begunAfter = Volatile.Read(ref answered);
                var live = await isAccepted(client);
                if (begunAfter) after++;
                if (begunAfter && live) Interlocked.Increment(ref stale);
                if (told || !live) continue;
                told = true;
                accepted.Release();
            }
        }
    }
}
