using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Platform.Api.Authorization;

namespace Platform.Api.Tests.Authorization;

/// <summary>Every operation with a tenant in its path, whatever it is, against everybody who has no business there (row SEGREGATION).</summary>
public sealed class IsolationTests(PlatformHost host, ITestOutputHelper output) : IClassFixture<PlatformHost>
{
    [Fact]
    [Trait("Threat", "T44")]
    public async Task EveryOperation_ByWhoeverHasNoBusinessThere_IsRefusedAlikeAndChangesNothing()
    {
        var walk = new IsolationWalk(host);
        await walk.ReadAsync();
        var victim = await host.NewTenantAsync("enterprise");
        var objects = await walk.MakeObjectsAsync(victim);
        var viewer = await host.NewUserAsync(victim, "viewer", "viewer");
        var nobody = await host.NewUserAsync(victim, "nobody", "viewer");
        (await host.SendAsync("PUT", $"/v1/tenants/{victim.Slug}/users/{nobody.Id}/permissions", new { permissions = Array.Empty<string>() }, victim.Token)).ShouldBe(HttpStatusCode.OK);
        var stranger = await host.NewTenantAsync("enterprise");
        var strangersKey = (await host.NewKeyAsync(stranger, "introspect", "read", "audit", "users", "snippets", "scenarios", "sessions")).Text;
        var operatorToken = await host.OperatorTokenAsync();
        var forged = victim.Token[..^1] + (victim.Token[^1] == 'A' ? 'B' : 'A');
        var absentObjects = objects.ToDictionary(known => known.Key, known => Other(known.Value));
        var before = await walk.DumpAsync();
        objects.Values.ShouldAllBe(id => before.Any(row => row.Contains(id, StringComparison.Ordinal)), "the dump sees what could be changed");

        foreach (var operation in walk.Operations)
        {
            var target = IsolationWalk.Fill(operation.Path, victim.Slug, objects);
            (await walk.SendAsync(operation, target, token: null)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
            (await walk.SendAsync(operation, target, forged)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");

            // Another tenant's owner: by slug, by id, and as for a tenant that does not exist.
            var absent = await RefusedAsync(operation, IsolationWalk.Fill(operation.Path, PlatformHostCalls.NewSlug(), objects), stranger.Token);
            (await RefusedAsync(operation, target, stranger.Token)).ShouldBe(absent, $"{operation}");
            (await RefusedAsync(operation, IsolationWalk.Fill(operation.Path, victim.TenantId, objects), stranger.Token)).ShouldBe(absent, $"{operation}");

            // Another tenant's API key, whatever its scopes: shown nothing where keys are taken, unknown where they are not.
            var byKey = await walk.SendAsync(operation, target, strangersKey);
            byKey.Status.ShouldBeOneOf(HttpStatusCode.NotFound, HttpStatusCode.Unauthorized);
            byKey.Comparable.ShouldBe((await walk.SendAsync(operation, IsolationWalk.Fill(operation.Path, PlatformHostCalls.NewSlug(), objects), strangersKey)).Comparable, $"{operation}");

            if (operation.IsForOperators)
            {
                (await RefusedAsync(operation, target, victim.Token)).ShouldBe(absent, $"{operation}");
                continue;
            }

            operation.Needs.ShouldNotBeEmpty($"{operation}: its summary must say in brackets which permission it needs");
            if (operation.NamesAnObject)
            {
                // The victim's objects under the stranger's own path, and as for objects that do not exist.
                var none = await RefusedAsync(operation, IsolationWalk.Fill(operation.Path, stranger.Slug, absentObjects), stranger.Token);
                (await RefusedAsync(operation, IsolationWalk.Fill(operation.Path, stranger.Slug, objects), stranger.Token)).ShouldBe(none, $"{operation}");
            }

            // An operator without a grant, and without a second factor: shown an empty list of own grants, given none, and a stranger everywhere else.
            var byOperator = await walk.SendAsync(operation, target, operatorToken);
            if (operation is { AdmitsOperators: true, Method: "GET" }) byOperator.ShouldBe(HttpStatusCode.OK).Items.ShouldBeEmpty($"{operation}");
            else if (operation is { AdmitsOperators: true, Method: "POST" }) byOperator.ShouldBeProblem(HttpStatusCode.Forbidden, "second_factor_enrolment_required");
            else byOperator.ShouldBeProblem(HttpStatusCode.NotFound, "not_found").Comparable.ShouldBe(absent, $"{operation}");
            (await walk.SendAsync(operation, target, nobody.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
            if (!operation.Needs.Contains("read", StringComparison.Ordinal))
            {
                (await walk.SendAsync(operation, target, viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
            }
        }

        (await walk.DumpAsync()).ShouldBe(before);
        walk.Operations.Count.ShouldBeGreaterThanOrEqualTo(30);
        output.WriteLine($"{walk.Operations.Count} operations with a tenant in their path, against nine callers each.");

        async Task<string> RefusedAsync(TenantOperation operation, string target, string token) =>
            (await walk.SendAsync(operation, target, token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found").Comparable;
    }

    /// <summary>The same calls by who may: otherwise the walk might prove that nothing works at all.</summary>
    [Fact]
    public async Task EveryOperation_ByTheOwner_IsNotRefusedForWhoCalls()
    {
        var walk = new IsolationWalk(host);
        await walk.ReadAsync();
        var owner = await host.NewTenantAsync("enterprise");
        var objects = await walk.MakeObjectsAsync(owner);
        var order = walk.Operations.Where(operation => !operation.IsForOperatorsOnly)
            .OrderBy(operation => operation.Path.EndsWith("{tenant}/sessions", StringComparison.Ordinal))
            .ThenBy(operation => operation.Path.EndsWith("/erase", StringComparison.Ordinal))
            .ThenBy(operation => operation.Method == "DELETE")
            .ThenByDescending(operation => operation.Path.Length);
        foreach (var operation in order)
        {
            var answer = await walk.SendAsync(operation, IsolationWalk.Fill(operation.Path, owner.Slug, objects), owner.Token);

            // A grant that nobody has given cannot be taken away; whether somebody may try is shown by the call that gives it.
            var expected = (int)answer.Status < 400 || answer.Code is not ("forbidden" or "not_found" or "session_invalid" or "internal_error");
            expected.ShouldBeTrue($"{operation}: {answer.Text}");
        }
    }

    [Fact]
    [Trait("Threat", "T44")]
    public void Route_ThatNamesATenantWithoutRequiringOne_KeepsTheHostFromStarting()
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        app.MapGet("/v1/tenants/{tenant}/good", () => "x").RequireTenant();
        TenantRequirement.Verify(app);
        app.MapGet("/v1/tenants/{tenant}/open", () => "x");

        Should.Throw<InvalidOperationException>(() => TenantRequirement.Verify(app)).Message.ShouldContain("/open");
    }

    /// <summary>Of the same form, of nobody.</summary>
    private static string Other(string id) => id.Length > 30 ? id[..^8] + "00000000" : id + "-absent";
}
