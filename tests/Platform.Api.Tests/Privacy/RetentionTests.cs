using Platform.Api.Tests.Audit;
using Platform.Audit;
using Platform.Tenants;

namespace Platform.Api.Tests.Privacy;

public sealed class RetentionTests
{
    private const string Ndjson = "application/x-ndjson";

    [Fact]
    public async Task Patch_Retention_HoldsWithinItsBoundsAndIsLogged()
    {
        await using var host = await new PlatformHost().StartedAsync();
        var owner = await host.NewTenantAsync();
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");
        var path = $"/v1/tenants/{owner.Slug}";
        (await host.SendAsync("GET", path, token: owner.Token)).Json.GetProperty("retention").ToString().ShouldBe("""{"accessLog":"P365D","endedSessions":"P7D"}""");

        foreach (var (accessLog, endedSessions, errors) in new (string, string, (string, string)[])[]
        {
            ("P29D", "P366D", [("/retention/accessLog", "out_of_range"), ("/retention/endedSessions", "out_of_range")]),
            ("P3651D", "PT1H", [("/retention/accessLog", "out_of_range"), ("/retention/endedSessions", "out_of_range")]),
            ("P30DT1S", "P2D", [("/retention/accessLog", "not_whole_days")]),
            ("P1Y", "soon", [("/retention/accessLog", "wrong_type"), ("/retention/endedSessions", "wrong_type")]),
        })
        {
            var refused = (await host.SendAsync("PATCH", path, new { retention = new { accessLog, endedSessions } }, owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
            refused.Errors.ShouldBe(errors);
        }

        var change = new { retention = new { accessLog = "P30D" } };
        (await host.SendAsync("PATCH", path, change, viewer.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("PATCH", path, change, await host.OperatorTokenAsync())).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.SendAsync("PATCH", path, change, (await host.NewTenantAsync()).Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.SendAsync("PATCH", path, change, owner.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("retention").ToString().ShouldBe("""{"accessLog":"P30D","endedSessions":"P7D"}""");
        var told = (await host.SendAsync("GET", $"{path}/audit-events?action=tenant.updated", token: owner.Token)).Items.ShouldHaveSingleItem();
        told.GetProperty("changes").ToString().ShouldBe("""[{"path":"/retention/accessLog","before":"P365D","after":"P30D"}]""");
        await host.RestartAsync();
        (await host.SendAsync("GET", path, token: (await host.SignInAsync(owner)).Token)).Json.GetProperty("retention").GetProperty("accessLog").GetString().ShouldBe("P30D");
    }

    /// <summary>What the platform says of a log whose front is gone, and what an export of it says without the platform.</summary>
    [Fact, Trait("Threat", "T73")]
    public async Task Verify_FrontDroppedAfterItsRetention_IsAnchoredOnLineAndOffLine()
    {
        var time = new ManualTimeProvider(TimeProvider.System.GetUtcNow().AddDays(-100), realTimers: true);
        await using var host = await new PlatformHost(folder: null, time).StartedAsync();
        var owner = await host.NewTenantAsync();
        var entry = AuditEntry.BySystem(AuditActions.UserUpdated, new AuditParty(AuditParties.User, owner.Id, "ana"));
        for (var i = 0; i < 6; i++) await host.Grains.AuditLog(PrefixedId.Parse<TenantId>(owner.TenantId)).AppendAsync([.. Enumerable.Repeat(entry, 200)], default);
        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { retention = new { accessLog = "P30D" } }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        time.Advance(TimeSpan.FromDays(99));
        owner = owner with { Token = (await host.SignInAsync(owner)).Token };

        await host.Service<RetentionWorker>().ApplyAsync(default);

        var log = $"/v1/tenants/{owner.Slug}/audit-events";
        var verified = (await host.SendAsync("GET", $"{log}/verify", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Json;
        verified.GetProperty("valid").GetBoolean().ShouldBeTrue();
        var anchor = verified.GetProperty("anchor").GetProperty("sequence").GetInt64();
        anchor.ShouldBeGreaterThanOrEqualTo(1_000);
        verified.GetProperty("from").GetInt64().ShouldBe(anchor + 1);
        var export = (await host.SendAsync("GET", log, token: owner.Token, headers: ("Accept", Ndjson))).Text;
        var checkpoints = (await host.SendAsync("GET", $"{log}/checkpoints", token: owner.Token)).Text;
        export.ShouldContain("audit.trimmed");
        (await OfflineCheck.RunAsync(export, checkpoints)).Report.ShouldContain("which follows the checkpoint signed at");
        (await OfflineCheck.RunAsync(string.Join('\n', export.Split('\n').Skip(1)), checkpoints)).Report.ShouldContain("what came before is not checked");
        var altered = export.Replace("\"previousHash\":\"", "\"previousHash\":\"00", StringComparison.Ordinal).Replace("\"0000", "\"00", StringComparison.Ordinal);
        (await OfflineCheck.RunAsync(altered, checkpoints)).Report.ShouldContain("NOT GOOD");
    }
}
