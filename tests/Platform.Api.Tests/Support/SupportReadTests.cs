using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Platform.Api.Authorization;
using Platform.Api.Tests.Audit;
using Platform.Api.Tests.Authorization;
using Platform.Api.Tests.SecondFactors;

namespace Platform.Api.Tests.Support;

/// <summary>What a grant lets its operator do, and until when (row SUPPORT).</summary>
public sealed class SupportReadTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    /// <summary>Reads that ask for nothing but read; every other operation with a tenant in its path, whatever it is, is not there.</summary>
    [Fact]
    [Trait("Threat", "T44")]
    public async Task EveryOperation_UnderAGrant_IsOpenOnlyWhereItIsARead()
    {
        var (owner, staff) = (await host.NewTenantAsync("enterprise"), await host.NewOperatorAsync());
        var walk = new IsolationWalk(host);
        await walk.ReadAsync();
        var objects = await walk.MakeObjectsAsync(owner);
        var id = await host.GrantAsync(staff, owner);
        var before = await walk.DumpAsync();
        var (open, closed) = (new List<string>(), 0);

        foreach (var operation in walk.Operations.Where(operation => !operation.IsForOperators && !operation.Path.Contains("/support-grants", StringComparison.Ordinal)))
        {
            var answer = await walk.SendAsync(operation, IsolationWalk.Fill(operation.Path, owner.Slug, objects), staff.Token);
            if (operation.Method == "GET" && operation.Needs.Contains("read", StringComparison.Ordinal) && !operation.Needs.StartsWith("manage-users", StringComparison.Ordinal))
            {
                answer.ShouldBe(HttpStatusCode.OK);
                operation.Description.ShouldContain("support grant", Case.Sensitive, "the document says so");
                open.Add($"GET {operation.Path}");
                continue;
            }

            var absent = await walk.SendAsync(operation, IsolationWalk.Fill(operation.Path, PlatformHostCalls.NewSlug(), objects), staff.Token);
            answer.ShouldBeProblem(HttpStatusCode.NotFound, "not_found").Comparable.ShouldBe(absent.Comparable, $"{operation}");
            closed++;
        }

        (await walk.DumpAsync()).ShouldBe(before);
        open.Count.ShouldBeGreaterThanOrEqualTo(7);
        closed.ShouldBeGreaterThanOrEqualTo(25);
        var used = (await host.SupportEventsAsync(owner, id)).Where(e => e.Text("action") == "support.used").ToList();
        used.Select(e => e.After("/operation")).ShouldBe(open.Select(operation => $"\"{operation}\""));
    }

    [Fact]
    public async Task Read_IsInTheTenantsLogWithWhoWhatAndFromWhere_AndInThatOfTheOperators()
    {
        var (owner, staff) = (await host.NewTenantAsync(), await host.NewOperatorAsync());
        var bob = await host.NewUserAsync(owner, "bob", "viewer");
        var id = await host.GrantAsync(staff, owner);

        (await host.SendAsync("GET", $"/v1/tenants/{owner.TenantId}/users/{bob.Id}", token: staff.Token, headers: ("User-Agent", "Support/1"))).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users/usr_{new string('0', 32)}", token: staff.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users/a%22%0Ab", token: staff.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users/{staff.Id}", token: staff.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");

        var used = (await host.SupportEventsAsync(owner, id)).Where(e => e.Text("action") == "support.used").ToList();
        used.Select(e => e.After("/target")).ShouldBe([$"\"{bob.Id}\"", $"\"usr_{new string('0', 32)}\"", null, $"\"{staff.Id}\""]);
        var first = used[0];
        (first.Text("ip"), first.Text("userAgent"), first.Text("outcome")).ShouldBe(("127.0.0.1", "Support/1", "success"));
        (first.GetProperty("actor").Text("id"), first.GetProperty("actor").Text("type"), first.GetProperty("actor").Text("name")).ShouldBe((staff.Id, "operator", staff.Username));
        (first.GetProperty("target").Text("id"), first.GetProperty("target").Text("type"), first.After("/operation")).ShouldBe((id, "support_grant", "\"GET /v1/tenants/{tenant}/users/{id}\""));
        var copies = (await host.SendAsync("GET", $"/v1/tenants/platform/audit-events?target={id}&action=support.used", token: await host.OperatorTokenAsync())).Items;
        copies.Length.ShouldBe(4);
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/audit-events/verify", token: owner.Token)).Json.GetProperty("valid").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task Read_ByAnotherOperatorOrInAnotherTenant_IsAsOfATenantThatDoesNotExist()
    {
        var (owner, other, staff, colleague) = (await host.NewTenantAsync(), await host.NewTenantAsync(), await host.NewOperatorAsync(), await host.NewOperatorAsync());
        await host.GrantAsync(staff, owner);

        await host.ShouldSeeNothingAsync(colleague, owner);
        await host.ShouldSeeNothingAsync(staff, other);
        var first = staff with { Token = await host.OperatorTokenAsync() };
        await host.ShouldSeeNothingAsync(first, owner);
        (await host.SendAsync("GET", $"/v1/operator/tenants/{owner.Slug}", token: first.Token)).ShouldBe(HttpStatusCode.OK);

        // The user of one tenant under the path of another.
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users/{other.Id}", token: staff.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Read_AtTheMomentOfExpiry_IsRefusedAndNotBefore()
    {
        var (owner, staff) = (await host.NewTenantAsync(), await host.NewOperatorAsync());
        var id = await host.GrantAsync(staff, owner, "PT2M");

        host.Time.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromTicks(1));
        (await host.ReadUsersAsync(staff, owner)).ShouldBe(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromTicks(1));

        await host.ShouldSeeNothingAsync(staff, owner);
        var listed = (await host.ListGrantsAsync(staff, owner.Slug)).Items.ShouldHaveSingleItem();
        (listed.Text("state"), listed.Text("endReason"), listed.Text("endedAt")).ShouldBe(("ended", "expired", listed.Text("expiresAt")));
        host.Time.StepBack(TimeSpan.FromMinutes(1));
        await host.ShouldSeeNothingAsync(staff, owner);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        (await host.EndGrantAsync(owner, owner.Slug, id)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Request_NotApprovedWithinADay_LapsesAndCannotBeApproved()
    {
        var (owner, staff) = (await host.NewTenantAsync(), await host.NewOperatorAsync());
        var id = await host.AskAsync(staff, owner);

        host.Time.Advance(TimeSpan.FromHours(24));

        (await host.ApproveAsync(owner with { Token = (await host.SignInAsync(owner)).Token }, owner.Slug, id)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Read_FromASessionWithoutTheSecondFactor_IsRefused()
    {
        var (owner, enrolled) = (await host.NewTenantAsync(), await host.NewPlainOperatorAsync());
        var session = await host.SignInAsync(enrolled);
        var staff = await host.EnrolAsync(enrolled);
        await host.GrantAsync(staff.User, owner);

        // Opened before there was a factor: it never proved one.
        (await host.ReadUsersAsync(enrolled with { Token = session.Token }, owner)).ShouldBeProblem(HttpStatusCode.Forbidden, "reauthentication_required");
        (await host.ReadUsersAsync(staff.User, owner)).ShouldBe(HttpStatusCode.OK);
        (await host.SupportEventsAsync(owner)).Count(e => e.Text("action") == "support.used").ShouldBe(1);
    }

    [Fact]
    public async Task Read_AfterTheOperatorLostTheFactorTheSessionOrTheAccount_IsRefused()
    {
        var owner = await host.NewTenantAsync();
        var (factorless, signedOut, disabled, demoted) = (await host.NewEnrolledOperatorAsync(), await host.NewOperatorAsync(), await host.NewOperatorAsync(), await host.NewOperatorAsync());
        foreach (var user in new[] { factorless.User, signedOut, disabled, demoted })
        {
            await host.GrantAsync(user, owner);
            (await host.ReadUsersAsync(user, owner)).ShouldBe(HttpStatusCode.OK);
        }

        var first = await host.OperatorTokenAsync();
        (await host.SendAsync("DELETE", "/v1/me/totp", new { password = factorless.User.Password }, factorless.User.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SignOutAsync(signedOut.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("PATCH", $"/v1/tenants/platform/users/{disabled.Id}", new { status = "disabled" }, first)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("PUT", $"/v1/tenants/platform/users/{demoted.Id}/permissions", new { permissions = new[] { "read" } }, first)).ShouldBe(HttpStatusCode.OK);

        (await host.ReadUsersAsync(factorless.User, owner)).ShouldBeProblem(HttpStatusCode.Forbidden, "second_factor_enrolment_required");
        (await host.ReadUsersAsync(signedOut, owner)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        (await host.ReadUsersAsync(disabled, owner)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        await host.ShouldSeeNothingAsync(demoted, owner);
    }

    [Fact]
    [Trait("Threat", "T74")]
    public async Task LogCannotBeWritten_NothingIsShownGrantedOrEnded()
    {
        await using var own = await new FailingAuditHost().StartedAsync();
        var (owner, staff) = (await own.NewTenantAsync(), await own.NewOperatorAsync());
        var (active, waiting) = (await own.GrantAsync(staff, owner), await own.AskAsync(staff, owner));
        own.Database.FailBefore = FaultyDatabase.AuditWrite;

        foreach (var answer in new[]
        {
            await own.ReadUsersAsync(staff, owner),
            await own.TryAskAsync(staff, owner, SupportCalls.Wish(breakGlass: true)),
            await own.ApproveAsync(owner, owner.Slug, waiting),
            await own.EndGrantAsync(owner, owner.Slug, active),
        })
        {
            answer.ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "unavailable").Header("Retry-After").ShouldNotBeNull();
            answer.Text.ShouldNotContain("owner@example.com");
        }

        own.Database.FailBefore = null;
        (await own.ListGrantsAsync(owner, owner.Slug)).Items.Select(item => (item.Text("id"), item.Text("state"))).ShouldBe([(waiting, "requested"), (active, "active")]);
        (await own.ReadUsersAsync(staff, owner)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    [Trait("Threat", "T40")]
    public async Task End_AgainstReadsInALoop_NoReadThatBeginsAfterwardsIsAccepted()
    {
        var (owner, staff) = (await host.NewTenantAsync(), await host.NewOperatorAsync());
        for (var round = 0; round < 10; round++)
        {
            var id = await host.GrantAsync(staff, owner);
            var (ended, accepted, stale) = (false, 0, 0);
            var warm = new TaskCompletionSource();
            string[] paths = ["", "/users", $"/users/{owner.Id}", "/scenarios"];
            var readers = Enumerable.Range(0, 8).Select(reader => Task.Run(async () =>
            {
                for (var begunAfter = 0; begunAfter < 3;)
                {
                    var late = Volatile.Read(ref ended);
                    var answer = await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}{paths[reader % paths.Length]}", token: staff.Token);
                    if (answer.Status == HttpStatusCode.OK) Interlocked.Increment(ref accepted);
                    else answer.ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
                    if (accepted >= 8) warm.TrySetResult();
                    if (late && answer.Status == HttpStatusCode.OK) Interlocked.Increment(ref stale);
                    if (late) begunAfter++;
                }
            })).ToArray();
            await warm.Task.WaitAsync(TimeSpan.FromSeconds(30));
            (await host.EndGrantAsync(round % 2 == 0 ? owner : staff, owner.Slug, id)).ShouldBe(HttpStatusCode.NoContent);
            Volatile.Write(ref ended, true);
            await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(60));
            stale.ShouldBe(0);
            var log = await host.SupportEventsAsync(owner, id);
            log[^1].Text("action").ShouldBe("support.ended", "the log tells of no use after the end");
            log.Count(e => e.Text("action") == "support.used").ShouldBe(accepted);
        }
    }

    [Fact]
    public async Task Restart_GrantsGoOnAndWhatEndedStaysEnded()
    {
        await using var own = await new PlatformHost().StartedAsync();
        var (owner, staff, colleague) = (await own.NewTenantAsync(), await own.NewOperatorAsync(), await own.NewOperatorAsync());
        var (active, ended) = (await own.GrantAsync(staff, owner), await own.GrantAsync(colleague, owner));
        var waiting = await own.AskAsync(colleague, owner);
        (await own.EndGrantAsync(owner, owner.Slug, ended)).ShouldBe(HttpStatusCode.NoContent);

        await own.RestartAsync();

        (await own.ReadUsersAsync(staff, owner)).ShouldBe(HttpStatusCode.OK);
        await own.ShouldSeeNothingAsync(colleague, owner);
        (await own.ListGrantsAsync(owner, owner.Slug)).Items.Select(item => (item.Text("id"), item.Text("state"))).ShouldBe([(waiting, "requested"), (ended, "ended"), (active, "active")]);
        (await own.ApproveAsync(owner, owner.Slug, waiting)).ShouldBe(HttpStatusCode.OK);
        (await own.ReadUsersAsync(colleague, owner)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [Trait("Threat", "T44")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public void Route_ThatWritesAndIsReadableBySupport_KeepsTheHostFromStarting(string method)
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        app.MapGet("/v1/tenants/{tenant}/good", () => "x").ReadableBySupport();
        AllowsSupportAccess.Verify(app);
        app.MapMethods("/v1/tenants/{tenant}/bad", ["GET", method], () => "x").ReadableBySupport();

        Should.Throw<InvalidOperationException>(() => AllowsSupportAccess.Verify(app)).Message.ShouldContain("/bad");
    }
}
