namespace Platform.Api.Tests.ApiKeys;

/// <summary>A key counts while its sponsor could make it, or somebody takes it over (finding S12).</summary>
public sealed class KeySponsorTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact, Trait("Threat", "T46"), Trait("Threat", "T40")]
    public async Task Sponsor_Disabled_ItsKeysAreRefusedAsUnknownOnesListedLoggedAndToldAndCanBeTakenOver()
    {
        var owner = await host.NewTenantAsync();
        var maker = await host.NewUserAsync(owner, "maker", "owner");
        var (key, other) = (await host.NewKeyAsync(maker, "introspect"), await host.NewKeyAsync(owner, "introspect"));
        (await host.IntrospectAsync(key.Text, owner.Token)).ShouldBe(HttpStatusCode.OK);
        var unknown = (await host.IntrospectAsync(key.Text[..^1] + (key.Text[^1] == '0' ? '1' : '0'), owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");

        (await ChangeAsync(owner, maker, new { status = "disabled" })).ShouldBe(HttpStatusCode.OK);

        (await host.IntrospectAsync(key.Text, owner.Token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid").Comparable.ShouldBe(unknown.Comparable);
        (await host.IntrospectAsync(other.Text, owner.Token)).ShouldBe(HttpStatusCode.OK);
        var listed = (await ListAsync(owner)).Single(item => item.GetProperty("id").GetString() == key.Id);
        (listed.GetProperty("createdBy").GetString(), listed.GetProperty("sponsor").GetString(), listed.GetProperty("dormant").GetBoolean()).ShouldBe((maker.Id, maker.Id, true));
        var told = (await OutboxFiles.WaitForAsync(host.Folder, 1, message => message.Template == "api_key_dormant" && message.Data["keys"] == key.Id)).ShouldHaveSingleItem();
        (told.To, told.Data["tenant"], told.Data["names"], told.Data["reason"]).ShouldBe(("owner@example.com", owner.Slug, "Back end", "sponsor_disabled"));

        var taken = (await TakeOverAsync(owner, key.Id, owner.Token)).ShouldBe(HttpStatusCode.OK);

        (taken.String("sponsor"), taken.String("createdBy"), taken.Json.GetProperty("dormant").GetBoolean()).ShouldBe((owner.Id, maker.Id, false));
        taken.Json.TryGetProperty("key", out _).ShouldBeFalse("nobody is shown the secret");
        (await host.IntrospectAsync(key.Text, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("DELETE", $"/v1/tenants/{owner.Slug}/users/{maker.Id}", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.IntrospectAsync(key.Text, owner.Token)).ShouldBe(HttpStatusCode.OK);
        var log = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events?target={key.Id}", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items;
        log.Select(e => e.GetProperty("action").GetString()).ShouldBe(["api_key.taken_over", "api_key.dormant", "api_key.created"]);
        log[1].GetProperty("reason").GetString().ShouldBe("sponsor_disabled");
    }

    [Fact, Trait("Threat", "T44"), Trait("Threat", "T46")]
    public async Task TakeOver_ByWhoMayNot_IsRefusedAndTellsNothing()
    {
        var (owner, stranger) = (await host.NewTenantAsync(), await host.NewTenantAsync());
        var (viewer, clerk) = (await host.NewUserAsync(owner, "vera", "viewer"), await host.NewUserAsync(owner, "clerk", "viewer"));
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/users/{clerk.Id}/permissions", new { permissions = new[] { "manage-users" } }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        var key = await host.NewKeyAsync(owner, "read");

        (await TakeOverAsync(owner, key.Id, viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await TakeOverAsync(owner, key.Id, clerk.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await TakeOverAsync(owner, key.Id, null)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await TakeOverAsync(owner, key.Id, key.Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_not_accepted");
        (await TakeOverAsync(owner, key.Id, await host.OperatorTokenAsync())).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await TakeOverAsync(owner, key.Id, stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await TakeOverAsync(stranger, key.Id, stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await TakeOverAsync(owner, "key_x", owner.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");

        (await ListAsync(owner)).Single().GetProperty("sponsor").GetString().ShouldBe(owner.Id);
    }

    /// <summary>The call that takes the rights away has been answered: no call with the key that begins afterwards is accepted.</summary>
    [Fact, Trait("Threat", "T40"), Trait("Threat", "T46")]
    public async Task Sponsor_DemotedUnderLoad_NoCallThatBeginsAfterwardsIsAccepted()
    {
        var owner = await host.NewTenantAsync();
        var maker = await host.NewUserAsync(owner, "maker", "owner");
        var key = await host.NewKeyAsync(maker, "introspect");
        for (var round = 0; round < 10; round++)
        {
            var demoted = false;
            var late = 0;
            var callers = Enumerable.Range(0, 8).Select(async _ =>
            {
                for (var i = 0; i < 15; i++)
                {
                    var begunAfter = Volatile.Read(ref demoted);
                    var answer = await host.IntrospectAsync(key.Text, owner.Token);
                    if (begunAfter && answer.Status != HttpStatusCode.Unauthorized) Interlocked.Increment(ref late);
                }
            }).ToArray();
            (await ChangeAsync(owner, maker, new { role = "editor" })).ShouldBe(HttpStatusCode.OK);
            Volatile.Write(ref demoted, true);
            await Task.WhenAll(callers);
            late.ShouldBe(0);
            (await ChangeAsync(owner, maker, new { role = "owner" })).ShouldBe(HttpStatusCode.OK);
            (await host.IntrospectAsync(key.Text, owner.Token)).ShouldBe(HttpStatusCode.OK);
        }
    }

    private Task<Answer> ChangeAsync(TestUser owner, TestUser user, object change) => host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}/users/{user.Id}", change, owner.Token);

    private Task<Answer> TakeOverAsync(TestUser owner, string key, string? token) => host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/api-keys/{key}/take-over", token: token);

    private async Task<JsonElement[]> ListAsync(TestUser owner) => [.. (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/api-keys", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items];
}
