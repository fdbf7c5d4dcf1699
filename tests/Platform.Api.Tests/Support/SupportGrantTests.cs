using Platform.Api.Tests.SecondFactors;

namespace Platform.Api.Tests.Support;

/// <summary>Asking, approving, declining and ending (row SUPPORT).</summary>
public sealed class SupportGrantTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task Grant_FromRequestToEnd_IsShownToBothSidesAndLogged()
    {
        var (owner, staff) = (await host.NewTenantAsync(), await host.NewOperatorAsync());

        var asked = (await host.TryAskAsync(staff, owner)).ShouldBe(HttpStatusCode.Created);
        var id = asked.String("id")!;
        id.ShouldMatch("^sup_[0-9a-f]{32}$");
        asked.Header("Location").ShouldBe($"/v1/tenants/{owner.TenantId}/support-grants/{id}");
        (asked.String("state"), asked.String("operatorId"), asked.String("operatorName")).ShouldBe(("requested", staff.Id, staff.Username));
        (asked.String("reason"), asked.String("ticket"), asked.String("duration")).ShouldBe(("Users cannot be listed", "SUP-1042", "PT1H"));
        asked.Json.GetProperty("breakGlass").GetBoolean().ShouldBeFalse();
        await host.ShouldSeeNothingAsync(staff, owner);

        host.Time.Advance(TimeSpan.FromMinutes(5));
        var now = host.Time.GetUtcNow();
        var approved = (await host.ApproveAsync(owner, owner.Slug, id)).ShouldBe(HttpStatusCode.OK);
        (approved.String("state"), approved.String("approvedBy")).ShouldBe(("active", owner.Id));
        approved.Json.GetProperty("activatedAt").GetDateTimeOffset().ShouldBe(now);
        approved.Json.GetProperty("expiresAt").GetDateTimeOffset().ShouldBe(now + TimeSpan.FromHours(1), "the time runs from the approval");
        (await host.ReadUsersAsync(staff, owner)).ShouldBe(HttpStatusCode.OK).Items.ShouldHaveSingleItem().Text("id").ShouldBe(owner.Id);

        (await host.EndGrantAsync(owner, owner.Slug, id)).ShouldBe(HttpStatusCode.NoContent);
        await host.ShouldSeeNothingAsync(staff, owner);
        (await host.EndGrantAsync(owner, owner.Slug, id)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.ApproveAsync(owner, owner.Slug, id)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");

        foreach (var reader in new[] { owner, staff })
        {
            var listed = (await host.ListGrantsAsync(reader, owner.Slug)).ShouldBe(HttpStatusCode.OK).Items.ShouldHaveSingleItem();
            (listed.Text("id"), listed.Text("state"), listed.Text("endReason"), listed.Text("endedBy")).ShouldBe((id, "ended", "ended_by_tenant", owner.Id));
        }

        var events = await host.SupportEventsAsync(owner, id);
        events.Select(e => e.Text("action")).ShouldBe(["support.granted", "support.approved", "support.used", "support.ended"]);
        events.Select(e => e.GetProperty("actor").Text("type")).ShouldBe(["operator", "user", "operator", "user"]);
        (events[0].After("/state"), events[0].After("/reason"), events[0].After("/breakGlass")).ShouldBe(("\"requested\"", "\"Users cannot be listed\"", "false"));
        events[3].Text("reason").ShouldBe("ended_by_tenant");
        var copies = (await host.SendAsync("GET", $"/v1/tenants/platform/audit-events?target={id}", token: await host.OperatorTokenAsync())).ShouldBe(HttpStatusCode.OK).Items;
        copies.Select(e => e.Text("action")).ShouldBe(["support.used", "support.granted"], "what the operator did");
    }

    [Fact]
    public async Task Request_DeclinedOrWithdrawn_NeverBecomesActive()
    {
        var (owner, staff) = (await host.NewTenantAsync(), await host.NewOperatorAsync());
        var (declined, withdrawn) = (await host.AskAsync(staff, owner), await host.AskAsync(staff, owner));

        (await host.EndGrantAsync(owner, owner.Slug, declined)).ShouldBe(HttpStatusCode.NoContent);
        (await host.EndGrantAsync(staff, owner.Slug, withdrawn)).ShouldBe(HttpStatusCode.NoContent);

        foreach (var id in new[] { declined, withdrawn }) (await host.ApproveAsync(owner, owner.Slug, id)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        await host.ShouldSeeNothingAsync(staff, owner);
        (await host.ListGrantsAsync(owner, owner.Slug)).Items.Select(item => item.Text("endReason")).ShouldBe(["ended_by_operator", "declined"]);
        (await host.SupportEventsAsync(owner, declined))[^1].Text("reason").ShouldBe("declined");
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task Approve_ByAnybodyButAManagerOfTheTenant_IsRefused()
    {
        var (owner, stranger, staff, colleague) = (await host.NewTenantAsync(), await host.NewTenantAsync(), await host.NewOperatorAsync(), await host.NewOperatorAsync());
        var viewer = await host.NewUserAsync(owner, "vera", "viewer");
        var id = await host.AskAsync(staff, owner);

        foreach (var other in new[] { staff, colleague, stranger }) (await host.ApproveAsync(other, owner.Slug, id)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.ApproveAsync(viewer, owner.Slug, id)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.ApproveAsync(stranger, stranger.Slug, id)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.ApproveAsync(owner with { Token = "forged" }, owner.Slug, id)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");

        await host.ShouldSeeNothingAsync(staff, owner);
        (await host.ApproveAsync(owner, owner.Slug, id)).ShouldBe(HttpStatusCode.OK);
        var again = (await host.ApproveAsync(owner, owner.Slug, id)).ShouldBe(HttpStatusCode.OK);
        again.String("state").ShouldBe("active");
        (await host.SupportEventsAsync(owner, id)).Count(e => e.Text("action") == "support.approved").ShouldBe(1);
    }

    [Fact]
    [Trait("Threat", "T44")]
    public async Task EndAndList_ByOthersThanItsOperatorAndTheManagers_ShowAndChangeNothing()
    {
        var (owner, stranger, staff, colleague) = (await host.NewTenantAsync(), await host.NewTenantAsync(), await host.NewOperatorAsync(), await host.NewOperatorAsync());
        var viewer = await host.NewUserAsync(owner, "vera", "viewer");
        var id = await host.GrantAsync(staff, owner);

        var absent = (await host.EndGrantAsync(colleague, PlatformHostCalls.NewSlug(), id)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found").Comparable;
        (await host.EndGrantAsync(colleague, owner.Slug, id)).Comparable.ShouldBe(absent);
        (await host.EndGrantAsync(stranger, owner.Slug, id)).Comparable.ShouldBe(absent);
        (await host.EndGrantAsync(viewer, owner.Slug, id)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.ListGrantsAsync(viewer, owner.Slug)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.ListGrantsAsync(stranger, owner.Slug)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.ListGrantsAsync(staff, $"ten_{new string('0', 32)}")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.ListGrantsAsync(colleague, owner.Slug)).ShouldBe(HttpStatusCode.OK).Items.ShouldBeEmpty();
        (await host.ListGrantsAsync(staff, owner.Slug)).Items.ShouldHaveSingleItem();

        (await host.ReadUsersAsync(staff, owner)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Ask_BadInput_NamesEachFault()
    {
        var (owner, staff) = (await host.NewTenantAsync(), await host.NewOperatorAsync());

        foreach (var duration in new[] { "PT59S", "PT8H1S", "-PT1H", "P1D", "PT0S" })
        {
            (await host.TryAskAsync(staff, owner, new { reason = " ", ticket = new string('x', 101), duration }))
                .ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/reason", "invalid_reason"), ("/ticket", "invalid_ticket"), ("/duration", "out_of_range")]);
        }

        foreach (var text in new[] { "", "line\nbreak", "a\u202eb", "\u0000", new string('x', 501) })
        {
            (await host.TryAskAsync(staff, owner, new { reason = text, ticket = "T", duration = "PT1H" })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request")
                .Errors.ShouldBe([("/reason", "invalid_reason")]);
        }

        (await host.TryAskAsync(staff, owner, "{}")).Errors.ShouldBe([("/reason", "missing"), ("/ticket", "missing"), ("/duration", "missing")], ignoreOrder: true);
        (await host.TryAskAsync(staff, owner, new { reason = 1, ticket = "T", duration = "1 hour", breakGlass = "yes" })).Errors
            .ShouldBe([("/reason", "wrong_type"), ("/duration", "wrong_type"), ("/breakGlass", "wrong_type")], ignoreOrder: true);
        (await host.ListGrantsAsync(owner, owner.Slug)).Items.ShouldBeEmpty();
        foreach (var duration in new[] { "PT1M", "PT8H" }) await host.AskAsync(staff, owner, SupportCalls.Wish(duration: duration));
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task Ask_ByMembersOrAtThePlatformsOwnTenant_IsForbidden()
    {
        var (owner, staff) = (await host.NewTenantAsync(), await host.NewOperatorAsync());

        (await host.TryAskAsync(owner, owner)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.TryAskAsync(staff, staff, SupportCalls.Wish(breakGlass: true))).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.TryAskAsync(owner, staff)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.TryAskAsync(staff, owner with { Slug = $"ten_{new string('0', 32)}" })).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Ask_WithoutAFreshSecondFactor_IsRefused()
    {
        var (owner, plain, enrolled) = (await host.NewTenantAsync(), await host.NewPlainOperatorAsync(), await host.NewEnrolledOperatorAsync());
        (await host.TryAskAsync(plain, owner, SupportCalls.Wish(breakGlass: true))).ShouldBeProblem(HttpStatusCode.Forbidden, "second_factor_enrolment_required");

        var other = await host.EnrolAsync(await host.NewPlainOperatorAsync());
        host.Time.Advance(TimeSpan.FromMinutes(16));
        (await host.TryAskAsync(other.User, owner)).ShouldBeProblem(HttpStatusCode.Forbidden, "reauthentication_required");
        (await host.TryAskAsync(await host.SignInWithCodeAsync(enrolled), owner)).ShouldBe(HttpStatusCode.Created);
        (await host.TryAskAsync(await host.SignInWithCodeAsync(other), owner)).ShouldBe(HttpStatusCode.Created);
        (await host.ListGrantsAsync(owner, owner.Slug)).Items.Length.ShouldBe(2);
    }

    [Fact]
    public async Task Ask_IsWrittenToTheManagersAndToNobodyElse()
    {
        var (owner, staff) = (await host.NewTenantAsync(), await host.NewOperatorAsync());
        await host.NewUserAsync(owner, "manager-two", "owner");
        await host.NewUserAsync(owner, "reader", "viewer");

        var id = await host.AskAsync(staff, owner);

        var mails = await OutboxFiles.WaitForAsync(host.Folder, 2, mail => mail.Data.GetValueOrDefault("grant") == id);
        mails.Select(mail => mail.To).ShouldBe(["owner@example.com", "manager-two@example.com"], ignoreOrder: true);
        mails.ShouldAllBe(mail => mail.Template == "support_requested" && mail.Channel == "email");
        mails[0].Text.ShouldContain(id);
        (mails[0].Data["operator"], mails[0].Data["ticket"], mails[0].Data["duration"]).ShouldBe((staff.Username, "SUP-1042", "PT1H"));
    }

    [Fact]
    public async Task BreakGlass_IsActiveAtOnceMarkedEverywhereAndMailedToEveryManager()
    {
        var (owner, staff) = (await host.NewTenantAsync(), await host.NewOperatorAsync());
        await host.NewUserAsync(owner, "manager-two", "owner");

        var asked = (await host.TryAskAsync(staff, owner, SupportCalls.Wish(breakGlass: true))).ShouldBe(HttpStatusCode.Created);

        var id = asked.String("id")!;
        (asked.String("state"), asked.Json.GetProperty("breakGlass").GetBoolean(), asked.Json.GetProperty("approvedBy").ValueKind).ShouldBe(("active", true, JsonValueKind.Null));
        (await host.ReadUsersAsync(staff, owner)).ShouldBe(HttpStatusCode.OK);
        (await host.ListGrantsAsync(owner, owner.Slug)).Items.ShouldHaveSingleItem().GetProperty("breakGlass").GetBoolean().ShouldBeTrue();
        var granted = (await host.SupportEventsAsync(owner, id))[0];
        (granted.Text("action"), granted.Text("reason"), granted.After("/breakGlass"), granted.After("/state")).ShouldBe(("support.granted", "break_glass", "true", "\"active\""));
        var mails = await OutboxFiles.WaitForAsync(host.Folder, 2, mail => mail.Data.GetValueOrDefault("grant") == id);
        mails.ShouldAllBe(mail => mail.Template == "support_break_glass");
    }

    [Fact]
    public async Task SupportApproval_Waived_GrantsAtOnceAndSaysSo()
    {
        var (owner, staff) = (await host.NewTenantAsync(), await host.NewOperatorAsync());
        var path = $"/v1/tenants/{owner.Slug}";
        (await host.SendAsync("GET", path, token: owner.Token)).Json.GetProperty("supportApproval").GetBoolean().ShouldBeTrue("the default");
        var waiting = await host.AskAsync(staff, owner);

        (await host.SendAsync("PATCH", path, new { supportApproval = false }, owner.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("supportApproval").GetBoolean().ShouldBeFalse();
        await host.ShouldSeeNothingAsync(staff, owner);
        var granted = (await host.TryAskAsync(staff, owner)).ShouldBe(HttpStatusCode.Created);

        (granted.String("state"), granted.Json.GetProperty("approvalWaived").GetBoolean(), granted.Json.GetProperty("breakGlass").GetBoolean()).ShouldBe(("active", true, false));
        (await host.SupportEventsAsync(owner, granted.String("id")))[0].Text("reason").ShouldBe("approval_waived");
        (await host.SendAsync("GET", path, token: staff.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("supportApproval").GetBoolean().ShouldBeFalse();
        (await OutboxFiles.WaitForAsync(host.Folder, 1, mail => mail.Data.GetValueOrDefault("grant") == granted.String("id"))).ShouldHaveSingleItem().Template.ShouldBe("support_started");
        (await host.ListGrantsAsync(owner, owner.Slug)).Items.Single(item => item.Text("id") == waiting).Text("state").ShouldBe("requested", "the waiver is for later ones");

        (await host.SendAsync("PATCH", path, new { supportApproval = true }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.TryAskAsync(staff, owner)).String("state").ShouldBe("requested");
        var changes = (await host.SendAsync("GET", $"{path}/audit-events?action=tenant.updated", token: owner.Token)).Items;
        changes.Select(change => change.After("/supportApproval")).ShouldBe(["true", "false"]);
    }

    [Fact]
    [Trait("Threat", "T45")]
    public async Task SupportApproval_ByOthersThanManagers_StaysAsItIs()
    {
        var (owner, staff) = (await host.NewTenantAsync(), await host.NewOperatorAsync());
        var editor = await host.NewUserAsync(owner, "ed", "editor");
        await host.GrantAsync(staff, owner);

        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { supportApproval = false }, editor.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        foreach (var token in new[] { staff.Token, await host.OperatorTokenAsync() })
        {
            (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}", new { supportApproval = false }, token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            (await host.SendAsync("PATCH", $"/v1/operator/tenants/{owner.Slug}", new { supportApproval = false }, token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        }

        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}", token: owner.Token)).Json.GetProperty("supportApproval").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Operator_WhoIsDeleted_StaysInTheListWithoutAName()
    {
        var (owner, staff) = (await host.NewTenantAsync(), await host.NewOperatorAsync());
        await host.GrantAsync(staff, owner);
        (await host.SendAsync("DELETE", $"/v1/tenants/platform/users/{staff.Id}", token: await host.OperatorTokenAsync())).ShouldBe(HttpStatusCode.NoContent);

        (await host.ReadUsersAsync(staff, owner)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        var listed = (await host.ListGrantsAsync(owner, owner.Slug)).ShouldBe(HttpStatusCode.OK).Items.ShouldHaveSingleItem();
        (listed.Text("operatorId"), listed.GetProperty("operatorName").ValueKind).ShouldBe((staff.Id, JsonValueKind.Null));
    }

    [Fact]
    [Trait("Threat", "T50")]
    public async Task Ask_AgainWithTheSameIdempotencyKey_IsTheSameGrant()
    {
        var (owner, staff) = (await host.NewTenantAsync(), await host.NewOperatorAsync());
        (string, string) key = ("Idempotency-Key", "once");

        var answers = new[] { await host.TryAskAsync(staff, owner, headers: key), await host.TryAskAsync(staff, owner, headers: key) };

        answers[1].ShouldBe(HttpStatusCode.Created).Text.ShouldBe(answers[0].Text);
        (await host.ListGrantsAsync(owner, owner.Slug)).Items.ShouldHaveSingleItem();
        (await host.TryAskAsync(staff, owner, SupportCalls.Wish(breakGlass: true), key)).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "idempotency_mismatch");
        var other = await host.NewTenantAsync();
        (await host.TryAskAsync(staff, other, headers: key)).ShouldBe(HttpStatusCode.Created).String("id").ShouldNotBe(answers[0].String("id"), "keys of different tenants never meet");
    }

    [Fact]
    [Trait("Threat", "T51")]
    public async Task Ask_MoreThanTwentyAtATime_IsRefusedAndTheListIsPaged()
    {
        var (owner, staff, colleague) = (await host.NewTenantAsync(), await host.NewOperatorAsync(), await host.NewOperatorAsync());
        var made = new List<string>();
        for (var i = 0; i < 20; i++) made.Add(await host.AskAsync(i % 2 == 0 ? staff : colleague, owner));

        (await host.TryAskAsync(staff, owner)).ShouldBeProblem(HttpStatusCode.Conflict, "too_many_support_grants");
        (await host.EndGrantAsync(owner, owner.Slug, made[0])).ShouldBe(HttpStatusCode.NoContent);
        made.Add(await host.AskAsync(staff, owner));

        var first = await host.ListGrantsAsync(owner, owner.Slug, "?limit=15");
        var second = await host.ListGrantsAsync(owner, owner.Slug, $"?limit=15&cursor={first.String("nextCursor")}");
        first.Items.Concat(second.Items).Select(item => item.Text("id")).ShouldBe(made.Order(StringComparer.Ordinal).Reverse());
        (await host.ListGrantsAsync(colleague, owner.Slug)).Items.Length.ShouldBe(10);
        (await host.ListGrantsAsync(staff, owner.Slug, $"?cursor={first.String("nextCursor")}")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
    }
}
