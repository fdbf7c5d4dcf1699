using Platform.Api.Tests.Authorization;

namespace Platform.Api.Tests.DeniedRequests;

/// <summary>Who reaches for what they have no right to is in the log of their own tenant (ASVS 16.3.2), for every operation that there is.</summary>
public sealed class RefusedRightTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact, Trait("Threat", "T44")]
    public async Task EveryOperation_ByAStranger_IsInTheStrangersOwnLogAlikeForTenantsThatAreThereAndNot()
    {
        var walk = new IsolationWalk(host);
        await walk.ReadAsync();
        var victim = await host.NewTenantAsync("enterprise");
        var (prober, guesser) = (await host.NewTenantAsync(), await host.NewTenantAsync());
        var absent = PlatformHostCalls.NewSlug();
        foreach (var operation in walk.Operations)
        {
            foreach (var (caller, tenant) in new[] { (prober, victim.Slug), (guesser, absent) })
            {
                var path = operation.Path.Replace("{tenant}", tenant, StringComparison.Ordinal);
                for (var i = 0; i < 2; i++) (await walk.SendAsync(operation, path, caller.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            }
        }

        // One entry for each operation, whatever was filled in, and nothing that tells whether it is there.
        var expected = walk.Operations.Select(operation => $"{operation}").Order(StringComparer.Ordinal).ToArray();
        foreach (var caller in new[] { prober, guesser })
        {
            var told = await host.RefusalsAsync(caller);
            told.Select(e => e.Target()).Order(StringComparer.Ordinal).ShouldBe(expected);
            told.ShouldAllBe(e => e.Reason() == "forbidden" && e.GetProperty("outcome").GetString() == "failure" && e.GetProperty("actor").GetProperty("id").GetString() == caller.Id);
            string.Concat(told).ShouldNotContain(absent);
            string.Concat(told).ShouldNotContain(victim.Slug);
        }

        (await host.RefusalsAsync(victim)).ShouldBeEmpty("the victim's log is not the stranger's to fill");
    }

    [Fact]
    public async Task EveryOperation_ByAMemberWithoutAnyRight_IsLoggedOnceAMinute()
    {
        var walk = new IsolationWalk(host);
        await walk.ReadAsync();
        var owner = await host.NewTenantAsync("enterprise");
        var objects = await walk.MakeObjectsAsync(owner);
        var nobody = await host.NewUserAsync(owner, "nobody", "viewer");
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/users/{nobody.Id}/permissions", new { permissions = Array.Empty<string>() }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        var operations = walk.Operations.Where(operation => !operation.IsForOperatorsOnly && !operation.AdmitsOperators).ToArray();
        foreach (var operation in operations.Concat(operations))
        {
            (await walk.SendAsync(operation, IsolationWalk.Fill(operation.Path, owner.Slug, objects), nobody.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        }

        var told = await host.RefusalsAsync(owner);
        told.Select(e => e.Target()).Order(StringComparer.Ordinal).ShouldBe(operations.Select(operation => $"{operation}").Order(StringComparer.Ordinal));
        told.ShouldAllBe(e => e.GetProperty("target").GetProperty("type").GetString() == "operation" && e.GetProperty("actor").GetProperty("name").GetString() == "nobody");

        host.Time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 3; i++) await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/roles", token: nobody.Token);
        (await host.RefusalsAsync(owner)).Count(e => e.Target() == "GET /v1/tenants/{tenant}/roles").ShouldBe(2);
    }

    [Fact]
    public async Task OperatorsCallsAndKeysWithoutTheScope_AreLogged_AndWrongInputIsNot()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "read");
        (await host.SendAsync("GET", "/v1/operator/tenants", token: owner.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.IntrospectAsync(key.Text, owner.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");

        // Allowed, but wrong, absent or not part of the edition.
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users/usr_00000000000000000000000000000000", token: owner.Token)).ShouldBe(HttpStatusCode.NotFound);
        (await host.SendAsync("PUT", $"/v1/tenants/{owner.Slug}/ip-rules", new { rules = Array.Empty<object>() }, owner.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "edition_required");
        (await host.SendAsync("GET", "/v1/tenants/" + owner.Slug + "/no-such-route", token: owner.Token)).ShouldBe(HttpStatusCode.NotFound);

        var told = await host.RefusalsAsync(owner);
        told.Select(e => (e.GetProperty("actor").GetProperty("type").GetString(), e.GetProperty("actor").GetProperty("id").GetString(), e.Target()))
            .ShouldBe([("user", owner.Id, "GET /v1/operator/tenants"), ("api_key", key.Id, "POST /v1/introspect")]);
    }
}
