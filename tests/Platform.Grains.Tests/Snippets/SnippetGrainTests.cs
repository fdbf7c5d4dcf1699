using System.Security.Cryptography;
using System.Text;
using Platform.Audit;
using Platform.Grains.Tests.Hosting;
using Platform.Snippets;
using Platform.Tenants;

namespace Platform.Grains.Tests.Snippets;

public sealed class SnippetGrainTests(ProofFixture fixture) : IClassFixture<ProofFixture>
{
    private const string Site = "a.test:9444";

    private SiloHost Silo => fixture.Silo;

    [Fact]
    public async Task NewTenant_HasItsPrimarySnippet_WithAScriptAndWithoutADomain()
    {
        var (owner, snippet) = await PrimaryAsync();
        snippet.IsPrimary.ShouldBeTrue();
        snippet.Domains.ShouldBeEmpty();
        snippet.Published.Number.ShouldBe(1);
        var script = (await Grain(snippet).FindScriptAsync(snippet.Published.Script, default)).ShouldNotBeNull();
        Convert.ToHexStringLower(SHA256.HashData(script.AsSpan())).ShouldBe(snippet.Published.Script);
        Encoding.UTF8.GetString(script.AsSpan()).ShouldContain($$"""{"snippet":"{{snippet.Id}}","version":1,"warnBefore":120,"touchEvery":60}""");
        (await Grain(snippet).DeleteAsync(owner, default)).Refusal.ShouldBe(Refusal.PrimarySnippet);
    }

    [Fact, Trait("Threat", "T44")]
    public async Task EveryCall_ByAnotherTenantOrWithoutTheRight_IsRefusedAndChangesNothing()
    {
        var (owner, snippet) = await PrimaryAsync();
        var (_, stranger) = await Silo.NewTenantAsync();
        var reader = owner with { Permissions = Permissions.Read };
        foreach (var (actor, expected) in new[] { (stranger, Refusal.NotFound), (reader, Refusal.Forbidden) })
        {
            (await Grain(snippet).ChangeAsync(actor, new SnippetChange { Name = "theirs" }, default)).Refusal.ShouldBe(expected);
            (await Grain(snippet).AddDomainAsync(actor, Site, default)).Refusal.ShouldBe(expected);
            (await Grain(snippet).RemoveDomainAsync(actor, Site, default)).Refusal.ShouldBe(expected);
            (await Grain(snippet).VerifyDomainAsync(actor, Site, default)).Refusal.ShouldBe(expected);
            (await Grain(snippet).PublishAsync(actor, default)).Refusal.ShouldBe(expected);
            (await Grain(snippet).RollBackAsync(actor, null, default)).Refusal.ShouldBe(expected);
            (await Grain(snippet).DeleteAsync(actor, default)).Refusal.ShouldBe(expected);
        }

        (await Grain(snippet).GetAsync(stranger, default)).Refusal.ShouldBe(Refusal.NotFound);
        (await Grain(snippet).CreateAsync(stranger, "theirs", default)).Refusal.ShouldBe(Refusal.NotFound);
        (await Grain(snippet).GetAsync(reader, default)).Value.ShouldBeEquivalentTo(snippet);
        (await Grain(snippet).GetAsync(owner with { Permissions = Permissions.None }, default)).Refusal.ShouldBe(Refusal.Forbidden);
        (await Silo.Grains.Snippet(SnippetId.New()).CreateAsync(reader, "mine", default)).Refusal.ShouldBe(Refusal.Forbidden);
    }

    [Fact]
    public async Task AddDomain_LocalSiteInDevelopment_WorksAtOnceEverywhere()
    {
        var (owner, snippet) = await PrimaryAsync();
        var changed = (await Grain(snippet).AddDomainAsync(owner, "A.TEST:9444", default)).Value!;
        changed.Domains.Single().ShouldSatisfyAllConditions(domain => domain.Name.ShouldBe(Site), domain => domain.Verified.ShouldBeTrue());
        Allows(snippet, Site).ShouldBeTrue();

        (await Grain(snippet).RemoveDomainAsync(owner, Site, default)).Succeeded.ShouldBeTrue();
        Allows(snippet, Site).ShouldBeFalse();
        (await Grain(snippet).RemoveDomainAsync(owner, Site, default)).Refusal.ShouldBe(Refusal.NotFound);
        (await ActionsAsync(owner)).ShouldBe([AuditActions.SnippetDomainRemoved, AuditActions.SnippetDomainVerified, AuditActions.SnippetDomainAdded]);
    }

    [Fact]
    public async Task AddDomain_Twice_KeepsItsChallenge()
    {
        var (owner, snippet) = await PrimaryAsync();
        var first = (await Grain(snippet).AddDomainAsync(owner, "shop.example.com", default)).Value!.Domains.Single();
        var second = (await Grain(snippet).AddDomainAsync(owner, "SHOP.example.com", default)).Value!.Domains.Single();
        second.ShouldBe(first);
        first.Verified.ShouldBeFalse();
        Allows(snippet, "shop.example.com").ShouldBeFalse();
        (await ActionsAsync(owner)).ShouldBe([AuditActions.SnippetDomainAdded]);
    }

    [Fact, Trait("Threat", "T58")]
    public async Task VerifyDomain_TxtRecordOfThisSnippet_ProvesItAndNoOtherTenants()
    {
        var domain = $"shop{Silo.GetHashCode()}.example.com";
        var (owner, mine) = await PrimaryAsync();
        var (rival, theirs) = await PrimaryAsync();
        var pending = (await Grain(mine).AddDomainAsync(owner, domain, default)).Value!.Domains.Single();
        await Grain(theirs).AddDomainAsync(rival, domain, default);
        var missing = await Grain(mine).VerifyDomainAsync(owner, domain, default);
        missing.Refusal.ShouldBe(Refusal.DomainNotProven);
        missing.Errors.Select(error => error.Code).ShouldBe(["txt_not_found", "host_not_found"]);

        fixture.Names.SetTxt(DomainChallenges.TxtName(domain), DomainChallenges.TxtValue(pending.Challenge));
        (await Grain(mine).VerifyDomainAsync(owner, domain, default)).Value!.Domains.Single().Verified.ShouldBeTrue();
        Allows(mine, domain).ShouldBeTrue();
        (await Grain(theirs).VerifyDomainAsync(rival, domain, default)).Refusal.ShouldBe(Refusal.DomainNotProven);
        Allows(theirs, domain).ShouldBeFalse();
        (await Grain(mine).VerifyDomainAsync(owner, "other.example.com", default)).Refusal.ShouldBe(Refusal.NotFound);
    }

    [Fact, Trait("Threat", "T57")]
    public async Task VerifyDomain_AgainAndAgain_IsRefusedForAWhile()
    {
        var (owner, snippet) = await PrimaryAsync();
        await Grain(snippet).AddDomainAsync(owner, "never.example.com", default);
        for (var i = 0; i < 10; i++) (await Grain(snippet).VerifyDomainAsync(owner, "never.example.com", default)).Refusal.ShouldBe(Refusal.DomainNotProven);
        var asked = fixture.Names.CountAsked("never.example.com");
        var refused = await Grain(snippet).VerifyDomainAsync(owner, "never.example.com", default);
        refused.Refusal.ShouldBe(Refusal.TooManyAttempts);
        refused.RetryAfter.ShouldBe(TimeSpan.FromMinutes(10));
        fixture.Names.CountAsked("never.example.com").ShouldBe(asked);
        Silo.Time.Advance(TimeSpan.FromMinutes(10));
        (await Grain(snippet).VerifyDomainAsync(owner, "never.example.com", default)).Refusal.ShouldBe(Refusal.DomainNotProven);
    }

    [Fact]
    public async Task AddDomain_SecondOne_TakesTheFeatureInWhicheverSnippet()
    {
        var (owner, snippet) = await PrimaryAsync();
        var further = (await Silo.Grains.Snippet(SnippetId.New()).CreateAsync(owner, "further", default)).Value!;
        (await Grain(snippet).AddDomainAsync(owner, "a.test", default)).Value.ShouldNotBeNull();
        (await Grain(snippet).AddDomainAsync(owner, "b.test", default)).Refusal.ShouldBe(Refusal.MultiDomainRequired);
        (await Grain(further).AddDomainAsync(owner, "b.test", default)).Refusal.ShouldBe(Refusal.MultiDomainRequired);
        (await Grain(further).AddDomainAsync(owner, "a.test", default)).Value.ShouldNotBeNull("it is the same domain");

        await SetMultiDomainAsync(owner.TenantId, true);
        (await Grain(further).AddDomainAsync(owner, "b.test", default)).Value.ShouldNotBeNull();
        Allows(further, "b.test").ShouldBeTrue();
        await SetMultiDomainAsync(owner.TenantId, false);
        Allows(further, "b.test").ShouldBeFalse();
        Allows(further, "a.test").ShouldBeTrue();
        (await Grain(further).RemoveDomainAsync(owner, "a.test", default)).Succeeded.ShouldBeTrue("taking away is always possible");
    }

    [Fact]
    public async Task AddDomain_AtOnceInTwoSnippets_OneIsAdmitted()
    {
        var (owner, snippet) = await PrimaryAsync();
        var further = (await Silo.Grains.Snippet(SnippetId.New()).CreateAsync(owner, "further", default)).Value!;
        var outcomes = await Task.WhenAll(Grain(snippet).AddDomainAsync(owner, "a.test", default), Grain(further).AddDomainAsync(owner, "b.test", default));
        outcomes.Select(outcome => outcome.Refusal).Order().ShouldBe([Refusal.None, Refusal.MultiDomainRequired]);
    }

    [Fact]
    public async Task AddDomain_Wildcard_StandsBelowAProvenDomainAndFallsWithIt()
    {
        var (owner, snippet) = await PrimaryAsync();
        await SetMultiDomainAsync(owner.TenantId, true);
        (await Grain(snippet).AddDomainAsync(owner, "*.example.com", default)).Refusal.ShouldBe(Refusal.InvalidDomain);
        await Grain(snippet).AddDomainAsync(owner, "example.com", default);
        (await Grain(snippet).AddDomainAsync(owner, "*.example.com", default)).Refusal.ShouldBe(Refusal.InvalidDomain, "it is pending");

        await Grain(snippet).AddDomainAsync(owner, "a.test", default);
        (await Grain(snippet).AddDomainAsync(owner, "*.a.test", default)).Value.ShouldNotBeNull();
        Allows(snippet, "x.a.test").ShouldBeTrue();
        await Grain(snippet).RemoveDomainAsync(owner, "a.test", default);
        Allows(snippet, "x.a.test").ShouldBeFalse();
    }

    [Fact]
    public async Task AddDomain_AboveTheLimit_IsRefused()
    {
        var (owner, snippet) = await PrimaryAsync();
        await SetMultiDomainAsync(owner.TenantId, true);
        for (var i = 0; i < 50; i++) (await Grain(snippet).AddDomainAsync(owner, $"s{i}.test", default)).Value.ShouldNotBeNull();
        (await Grain(snippet).AddDomainAsync(owner, "s50.test", default)).Refusal.ShouldBe(Refusal.TooManyDomains);
    }

    [Fact]
    public async Task Publish_ChangedSettings_MakesAVersion_AndRollBackServesTheOldBytes()
    {
        var (owner, snippet) = await PrimaryAsync();
        (await Grain(snippet).PublishAsync(owner, default)).Value!.Published.Number.ShouldBe(1, "nothing has changed");
        (await Grain(snippet).RollBackAsync(owner, null, default)).Refusal.ShouldBe(Refusal.NoSuchVersion);
        (await Grain(snippet).ChangeAsync(owner, new SnippetChange { WarnBefore = TimeSpan.FromMinutes(5) }, default)).Value!.Published.Number.ShouldBe(1);
        var second = (await Grain(snippet).PublishAsync(owner, default)).Value!;
        second.Published.Number.ShouldBe(2);
        Published(snippet).ShouldBe(second.Published.Script);

        var back = (await Grain(snippet).RollBackAsync(owner, null, default)).Value!;
        back.Published.ShouldBe(snippet.Published);
        Published(snippet).ShouldBe(snippet.Published.Script);
        (await Grain(snippet).FindScriptAsync(second.Published.Script, default)).ShouldNotBeNull("pages that name it still load it");
        (await Grain(snippet).RollBackAsync(owner, 2, default)).Value!.Published.Number.ShouldBe(2);
        (await Grain(snippet).RollBackAsync(owner, 3, default)).Refusal.ShouldBe(Refusal.NoSuchVersion);
        (await ActionsAsync(owner)).ShouldBe([AuditActions.SnippetRolledBack, AuditActions.SnippetRolledBack, AuditActions.SnippetPublished, AuditActions.SnippetUpdated]);
    }

    [Fact]
    public async Task Publish_ManyVersions_KeepsTheLastOnesAndThePublishedOne()
    {
        var (owner, snippet) = await PrimaryAsync();
        for (var i = 1; i <= 22; i++)
        {
            await Grain(snippet).ChangeAsync(owner, new SnippetChange { WarnBefore = TimeSpan.FromSeconds(i) }, default);
            await Grain(snippet).PublishAsync(owner, default);
        }

        var last = (await Grain(snippet).GetAsync(owner, default)).Value!;
        last.Versions.Length.ShouldBe(20);
        last.Versions[^1].Number.ShouldBe(23);
        (await Grain(snippet).FindScriptAsync(snippet.Published.Script, default)).ShouldBeNull();
        (await Silo.Grains.SnippetScript(snippet.Id, snippet.Published.Script).ReadAsync(default)).ShouldBeNull();
        (await Grain(snippet).FindScriptAsync(last.Versions[0].Script, default)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(-1, 60, "/settings/warnBefore")]
    [InlineData(3601, 60, "/settings/warnBefore")]
    [InlineData(0.5, 60, "/settings/warnBefore")]
    [InlineData(60, 59, "/settings/touchEvery")]
    [InlineData(60, 601, "/settings/touchEvery")]
    public async Task Change_OutOfBounds_NamesTheMember(double warnBefore, double touchEvery, string pointer)
    {
        var (owner, snippet) = await PrimaryAsync();
        var change = new SnippetChange { WarnBefore = TimeSpan.FromSeconds(warnBefore), TouchEvery = TimeSpan.FromSeconds(touchEvery) };
        (await Grain(snippet).ChangeAsync(owner, change, default)).Errors.Single().Pointer.ShouldBe(pointer);
        (await Grain(snippet).ChangeAsync(owner, new SnippetChange { Name = "" }, default)).Errors.Single().Pointer.ShouldBe("/name");
    }

    [Fact]
    public async Task CreateAndDelete_FurtherSnippet_IsListedAfterThePrimaryAndGoneEverywhere()
    {
        var (owner, snippet) = await PrimaryAsync();
        var id = SnippetId.New();
        var made = (await Silo.Grains.Snippet(id).CreateAsync(owner, "further", default)).Value!;
        (await Silo.Grains.Snippet(id).CreateAsync(owner, "the same call again", default)).Value.ShouldBeEquivalentTo(made);
        (await ListAsync(owner)).ShouldBe([snippet.Id, id]);
        await Grain(made).AddDomainAsync(owner, Site, default);

        (await Grain(made).DeleteAsync(owner, default)).Succeeded.ShouldBeTrue();
        Allows(made, Site).ShouldBeFalse();
        (await Grain(made).GetAsync(owner, default)).Refusal.ShouldBe(Refusal.NotFound);
        (await Grain(made).FindScriptAsync(made.Published.Script, default)).ShouldBeNull();
        (await Silo.Grains.SnippetScript(id, made.Published.Script).ReadAsync(default)).ShouldBeNull();
        (await ListAsync(owner)).ShouldBe([snippet.Id]);
        (await ActionsAsync(owner)).First().ShouldBe(AuditActions.SnippetDeleted);
    }

    [Fact]
    public async Task Create_AboveTheLimit_IsRefused()
    {
        var (owner, _) = await PrimaryAsync();
        for (var i = 1; i < 20; i++) (await Silo.Grains.Snippet(SnippetId.New()).CreateAsync(owner, $"n{i}", default)).Value.ShouldNotBeNull();
        var id = SnippetId.New();
        (await Silo.Grains.Snippet(id).CreateAsync(owner, "one too many", default)).Refusal.ShouldBe(Refusal.TooManySnippets);
        (await Silo.Grains.Snippet(id).GetAsync(owner, default)).Refusal.ShouldBe(Refusal.NotFound);

        var first = (await Silo.Grains.Listing().ListSnippetsAsync(owner, owner.TenantId, new PageRequest(15, null), default)).Value!;
        var second = (await Silo.Grains.Listing().ListSnippetsAsync(owner, owner.TenantId, new PageRequest(15, first.Next), default)).Value!;
        (first.Items.Length, second.Items.Length, second.Next).ShouldBe((15, 5, null));
        first.Items.Concat(second.Items).Select(one => one.Id).Distinct().Count().ShouldBe(20);
    }

    [Fact]
    public async Task Find_UnknownSnippet_IsNullAndLeavesNothing()
    {
        (await Silo.Grains.Snippet(SnippetId.New()).FindAsync(default)).ShouldBeNull();
        (await Silo.Grains.Snippet(SnippetId.New()).FindScriptAsync(new string('0', 64), default)).ShouldBeNull();
    }

    [Fact]
    public async Task Restart_DomainsVersionsAndPublication_AreAsTheyWere()
    {
        var silo = await SiloHost.StartAsync(CheapHashing.Put);
        var (_, owner) = await silo.NewTenantAsync();
        var id = (await silo.Grains.Listing().ListSnippetsAsync(owner, owner.TenantId, new PageRequest(9, null), default)).Value!.Items.Single().Id;
        await silo.Grains.Snippet(id).AddDomainAsync(owner, Site, default);
        await silo.Grains.Snippet(id).ChangeAsync(owner, new SnippetChange { Name = "renamed" }, default);
        var before = (await silo.Grains.Snippet(id).GetAsync(owner, default)).Value!;

        silo = await silo.RestartAsync();
        (await silo.Grains.Snippet(id).GetAsync(owner, default)).Value.ShouldBeEquivalentTo(before);
        var found = (await silo.Grains.Snippet(id).FindAsync(default)).ShouldNotBeNull();
        new PublishedSnippet(found.TenantId, found.Publication).TryFind("https://" + Site, out _).ShouldBeTrue();
        await silo.DisposeAsync();
    }

    private ISnippetGrain Grain(SnippetView snippet) => Silo.Grains.Snippet(snippet.Id);

    private async Task<(Actor Owner, SnippetView Snippet)> PrimaryAsync()
    {
        var (_, owner) = await Silo.NewTenantAsync();
        return (owner, (await Silo.Grains.Listing().ListSnippetsAsync(owner, owner.TenantId, new PageRequest(9, null), default)).Value!.Items.Single());
    }

    private async Task<IEnumerable<SnippetId>> ListAsync(Actor owner) =>
        (await Silo.Grains.Listing().ListSnippetsAsync(owner, owner.TenantId, new PageRequest(50, null), default)).Value!.Items.Select(one => one.Id);

    private bool Allows(SnippetView snippet, string domain) =>
        Silo.Service<LiveTenants>().TryGet(snippet.TenantId, out var tenant) && tenant.AllowsFrom(new PageOrigin(snippet.Id, "https://" + domain));

    private string? Published(SnippetView snippet) => Silo.Service<LiveTenants>().TryGetSnippet(snippet.Id, out var published) ? published.Script : null;

    private async Task SetMultiDomainAsync(TenantId tenant, bool on) =>
        await Silo.Grains.Tenant(tenant).ChangeAsync(SiloHost.OperatorActor, new TenantChange { Features = new TenantFeaturesChange { MultiDomain = on } }, default);

    /// <summary>What the tenant's log says of snippets, newest first.</summary>
    private async Task<IEnumerable<string>> ActionsAsync(Actor owner) =>
        (await Silo.Grains.AuditReader().ListAsync(owner, owner.TenantId, new AuditFilter(), new PageRequest(100, null), default)).Value!.Items
            .Select(entry => entry.Action).Where(action => action.StartsWith("snippet.", StringComparison.Ordinal));
}
