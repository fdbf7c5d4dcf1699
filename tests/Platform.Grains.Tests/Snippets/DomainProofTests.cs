using System.Security.Cryptography;
using Platform.Audit;
using Platform.Grains.Tests.Hosting;
using Platform.Snippets;
using Platform.Tenants;

namespace Platform.Grains.Tests.Snippets;

/// <summary>What becomes of a domain whose proof is looked for again.</summary>
[Trait("Threat", "T58")]
public sealed class DomainProofTests(ProofFixture fixture) : IClassFixture<ProofFixture>
{
    private readonly string _domain = $"p{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.example.com";

    private SiloHost Silo => fixture.Silo;

    [Fact]
    public async Task Check_ProofIsThere_IsDailyAndSaysNothing()
    {
        var (owner, snippet) = await ProveAsync();
        var before = (CountAsked(), await ActionsAsync(owner));
        await CheckAfterAsync(TimeSpan.FromHours(21));
        CountAsked().ShouldBe(before.Item1, "it is looked for after 22 hours at the earliest");
        await CheckAfterAsync(TimeSpan.FromHours(5));
        CountAsked().ShouldBe(before.Item1 + 1);
        await CheckAfterAsync(TimeSpan.FromHours(26));
        CountAsked().ShouldBe(before.Item1 + 2);
        (await ActionsAsync(owner)).ShouldBe(before.Item2);
        Allows(snippet).ShouldBeTrue();
    }

    [Fact]
    public async Task Check_ProofIsGone_NotifiesTheTenantAndStopsAfterSevenDays()
    {
        var (owner, snippet) = await ProveAsync();
        fixture.Names.SetTxt(DomainChallenges.TxtName(_domain), "v=spf1 -all");
        await CheckAfterAsync(TimeSpan.FromHours(26));
        var lost = Silo.Time.GetUtcNow();
        var seen = (await DomainAsync(owner, snippet)).ShouldNotBeNull();
        (seen.Verified, seen.ProofLostAt, seen.StopsAt).ShouldBe((true, lost, lost.AddDays(7)));
        (await ActionsAsync(owner))[0].ShouldBe(AuditActions.SnippetDomainProofLost);
        var notice = (await OutboxFiles.WaitForAsync(Silo.Folder, 1, Concerns(snippet))).Single();
        (notice.Template, notice.To, notice.Data["txtValue"]).ShouldBe(("domain_proof_lost", "owner@example.com", DomainChallenges.TxtValue(seen.Challenge)));
        notice.Text.ShouldContain($"until {lost.AddDays(7):yyyy-MM-dd HH:mm} UTC");

        for (var day = 0; day < 6; day++) await CheckAfterAsync(TimeSpan.FromHours(26));
        Allows(snippet).ShouldBeTrue("the seven days are not over");
        (await ActionsAsync(owner))[0].ShouldBe(AuditActions.SnippetDomainProofLost, "it is told once");
        await CheckAfterAsync(lost.AddDays(7) - Silo.Time.GetUtcNow());
        Allows(snippet).ShouldBeFalse();
        (await DomainAsync(owner, snippet))!.ShouldSatisfyAllConditions(
            domain => domain.Verified.ShouldBeFalse(), domain => domain.ProofLostAt.ShouldBeNull(), domain => domain.StopsAt.ShouldBeNull());
        (await ActionsAsync(owner))[0].ShouldBe(AuditActions.SnippetDomainStopped);
        (await OutboxFiles.WaitForAsync(Silo.Folder, 2, Concerns(snippet))).Select(told => told.Template).ShouldBe(["domain_proof_lost", "domain_stopped"], ignoreOrder: true);

        var asked = CountAsked();
        await CheckAfterAsync(TimeSpan.FromDays(2));
        CountAsked().ShouldBe(asked, "nobody looks for what is pending");
        fixture.Names.SetTxt(DomainChallenges.TxtName(_domain), DomainChallenges.TxtValue(seen.Challenge));
        (await Grain(snippet).VerifyDomainAsync(owner, _domain, default)).Refusal.ShouldBe(Refusal.None);
        Allows(snippet).ShouldBeTrue();
    }

    /// <summary>The day after the tenant has repaired it, or at once when somebody asks.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Check_ProofIsThereAgain_EndsTheGrace(bool asked)
    {
        var (owner, snippet) = await ProveAsync();
        var challenge = (await DomainAsync(owner, snippet))!.Challenge;
        fixture.Names.SetTxt(DomainChallenges.TxtName(_domain));
        await CheckAfterAsync(TimeSpan.FromHours(26));
        (await Grain(snippet).VerifyDomainAsync(owner, _domain, default)).Refusal.ShouldBe(Refusal.DomainNotProven);
        (await DomainAsync(owner, snippet))!.ProofLostAt.ShouldNotBeNull();

        fixture.Names.SetTxt(DomainChallenges.TxtName(_domain), DomainChallenges.TxtValue(challenge));
        if (asked) (await Grain(snippet).VerifyDomainAsync(owner, _domain, default)).Value!.Domains.Single().ProofLostAt.ShouldBeNull();
        else await CheckAfterAsync(TimeSpan.FromHours(26));
        (await ActionsAsync(owner))[0].ShouldBe(AuditActions.SnippetDomainProofRestored);
        for (var day = 0; day < 9; day++) await CheckAfterAsync(TimeSpan.FromHours(26));
        Allows(snippet).ShouldBeTrue();
        (await DomainAsync(owner, snippet))!.ShouldSatisfyAllConditions(domain => domain.Verified.ShouldBeTrue(), domain => domain.ProofLostAt.ShouldBeNull());
    }

    [Fact]
    public async Task Check_NameServersAreDownForLessThanADay_ChangesNothing()
    {
        await using var names = new NameServer();
        await using var silo = await SiloHost.StartAsync(services => ProofFixture.Configure(services, names));
        var (owner, snippet) = await ProveAsync(silo, names);
        names.Fails = true;
        silo.Time.Advance(TimeSpan.FromHours(26));
        for (var hour = 0; hour < 23; hour++)
        {
            await CheckAsync(silo);
            silo.Time.Advance(TimeSpan.FromHours(1));
        }

        (await DomainAsync(silo, owner, snippet))!.ProofLostAt.ShouldBeNull();
        await CheckAsync(silo);
        silo.Time.Advance(TimeSpan.FromHours(1));
        await CheckAsync(silo);
        (await DomainAsync(silo, owner, snippet))!.ProofLostAt.ShouldBe(silo.Time.GetUtcNow(), "a day without an answer is no proof");
    }

    [Fact]
    public async Task Verify_ByAnotherTenant_LeavesItToWhoseProofIsThereNow()
    {
        var (formerOwner, former) = await ProveAsync();
        var (_, owner, snippet, challenge) = await AddAsync(Silo);
        fixture.Names.SetTxt(DomainChallenges.TxtName(_domain), DomainChallenges.TxtValue(challenge));
        (await Grain(snippet).VerifyDomainAsync(owner, _domain, default)).Refusal.ShouldBe(Refusal.None);
        await CheckAsync(Silo);
        Allows(snippet).ShouldBeTrue();
        Allows(former).ShouldBeFalse("the record is not the former tenant's any more");
        (await ActionsAsync(formerOwner))[0].ShouldBe(AuditActions.SnippetDomainStopped);
        (await OutboxFiles.WaitForAsync(Silo.Folder, 1, Concerns(former))).Single().Template.ShouldBe("domain_stopped");
    }

    /// <summary>What was found before the other tenant's proof says nothing of the time since: the domain is looked for again.</summary>
    [Fact, Trait("Threat", "T58")]
    public async Task Verify_ByAnotherTenantDuringACheck_IsNotForgottenByThatCheck()
    {
        var (formerOwner, former) = await ProveAsync();
        var formerChallenge = (await DomainAsync(formerOwner, former))!.Challenge;
        Silo.Time.Advance(TimeSpan.FromHours(26));
        var now = Silo.Time.GetUtcNow();
        (await Silo.Service<ProvenDomainTable>().TakeDueAsync(now, now + DomainProofRules.RetryEvery, 1000, default)).ShouldContain(new ProvenDomain(former, _domain));

        var (_, owner, snippet, challenge) = await AddAsync(Silo);
        fixture.Names.SetTxt(DomainChallenges.TxtName(_domain), DomainChallenges.TxtValue(challenge));
        (await Grain(snippet).VerifyDomainAsync(owner, _domain, default)).Refusal.ShouldBe(Refusal.None);
        await Silo.Grains.SnippetProof(former).SettleProofAsync(_domain, formerChallenge, ProofFinding.Found, default);
        Allows(former).ShouldBeTrue("its record was there when the look began");

        await CheckAsync(Silo);
        (Allows(snippet), Allows(former)).ShouldBe((true, false));
    }

    [Fact]
    public async Task Verify_ByAnotherTenantWhileBothProofsAreThere_LeavesItToBoth()
    {
        var (formerOwner, former) = await ProveAsync();
        var (_, owner, snippet, challenge) = await AddAsync(Silo);
        fixture.Names.SetTxt(
            DomainChallenges.TxtName(_domain), DomainChallenges.TxtValue(challenge), DomainChallenges.TxtValue((await DomainAsync(formerOwner, former))!.Challenge));
        (await Grain(snippet).VerifyDomainAsync(owner, _domain, default)).Refusal.ShouldBe(Refusal.None);
        await CheckAsync(Silo);
        (Allows(snippet), Allows(former)).ShouldBe((true, true));
    }

    [Fact]
    public async Task Check_WildcardBelow_StopsAndComesBackWithItsDomain()
    {
        var (owner, snippet) = await ProveAsync(multiDomain: true);
        (await Grain(snippet).AddDomainAsync(owner, "*." + _domain, default)).Refusal.ShouldBe(Refusal.None);
        var challenge = (await DomainAsync(owner, snippet))!.Challenge;
        fixture.Names.SetTxt(DomainChallenges.TxtName(_domain));
        for (var day = 0; day < 9; day++) await CheckAfterAsync(TimeSpan.FromHours(26));
        Allows(snippet, "shop." + _domain).ShouldBeFalse();
        (await ActionsAsync(owner)).Take(2).ShouldBe([AuditActions.SnippetDomainStopped, AuditActions.SnippetDomainStopped]);
        (await Grain(snippet).VerifyDomainAsync(owner, "*." + _domain, default)).Refusal.ShouldBe(Refusal.InvalidDomain);

        fixture.Names.SetTxt(DomainChallenges.TxtName(_domain), DomainChallenges.TxtValue(challenge));
        (await Grain(snippet).VerifyDomainAsync(owner, _domain, default)).Refusal.ShouldBe(Refusal.None);
        Allows(snippet, "shop." + _domain).ShouldBeTrue();
    }

    /// <summary>Also one that was removed while its proof was looked for, and one that was added again since.</summary>
    [Fact]
    public async Task Remove_Domain_IsNotCheckedAnyMore()
    {
        var (owner, snippet) = await ProveAsync();
        var challenge = (await DomainAsync(owner, snippet))!.Challenge;
        await Grain(snippet).RemoveDomainAsync(owner, _domain, default);
        (await Silo.Service<ProvenDomainTable>().IsProvenElsewhereAsync(PrefixedId.New<TenantId>(Silo.Time), _domain, default)).ShouldBeFalse();
        await Silo.Service<ProvenDomainTable>().SaveAsync(new ProvenDomain(snippet, _domain), owner.TenantId, Silo.Time.GetUtcNow(), Silo.Time.GetUtcNow(), default);
        var asked = CountAsked();
        await CheckAsync(Silo);
        CountAsked().ShouldBe(asked);
        (await Silo.Service<ProvenDomainTable>().IsProvenElsewhereAsync(PrefixedId.New<TenantId>(Silo.Time), _domain, default)).ShouldBeFalse("a row without a proof goes");

        var added = (await Grain(snippet).AddDomainAsync(owner, _domain, default)).Value!.Domains.Single();
        fixture.Names.SetTxt(DomainChallenges.TxtName(_domain), DomainChallenges.TxtValue(added.Challenge));
        (await Grain(snippet).VerifyDomainAsync(owner, _domain, default)).Refusal.ShouldBe(Refusal.None);
        await Silo.Grains.SnippetProof(snippet).SettleProofAsync(_domain, challenge, ProofFinding.Missing, default);
        (await DomainAsync(owner, snippet))!.ProofLostAt.ShouldBeNull("the old challenge says nothing of the new one");
    }

    [Fact]
    public async Task TakeDue_ByManyAtOnce_GivesEachDomainToOne()
    {
        var table = Silo.Service<ProvenDomainTable>();
        var now = Silo.Time.GetUtcNow();
        ProvenDomain[] rows = [.. Enumerable.Range(0, 12).Select(i => new ProvenDomain(SnippetId.New(), $"{i}.{_domain}"))];
        foreach (var row in rows) await table.SaveAsync(row, PrefixedId.New<TenantId>(Silo.Time), now, now, default);
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => table.TakeDueAsync(now, now.AddHours(1), 1000, default))));
        taken.SelectMany(one => one).Where(rows.Contains).Order(Comparer<ProvenDomain>.Create((a, b) => string.CompareOrdinal(a.Domain, b.Domain))).ShouldBe(
            rows.Order(Comparer<ProvenDomain>.Create((a, b) => string.CompareOrdinal(a.Domain, b.Domain))));
        (await table.TakeDueAsync(now.AddMinutes(59), now.AddHours(2), 1000, default)).Where(rows.Contains).ShouldBeEmpty();
        (await table.TakeDueAsync(now.AddHours(1), now.AddHours(2), 1000, default)).Where(rows.Contains).Count().ShouldBe(12, "whoever took them may have ended");
        foreach (var row in rows) await table.RemoveAsync(row.Snippet, [row.Domain], default);
    }

    private int CountAsked() => fixture.Names.CountAsked(DomainChallenges.TxtName(_domain));

    private ISnippetGrain Grain(SnippetId snippet) => Silo.Grains.Snippet(snippet);

    private Task CheckAfterAsync(TimeSpan pause)
    {
        Silo.Time.Advance(pause);
        return CheckAsync(Silo);
    }

    private static Task CheckAsync(SiloHost silo) => silo.Service<DomainProofWorker>().CheckAsync(default);

    private async Task<(Actor Owner, SnippetId Snippet)> ProveAsync(bool multiDomain = false) => await ProveAsync(Silo, fixture.Names, multiDomain);

    private async Task<(Actor Owner, SnippetId Snippet)> ProveAsync(SiloHost silo, NameServer names, bool multiDomain = false)
    {
        var (tenant, owner, snippet, challenge) = await AddAsync(silo);
        if (multiDomain) await silo.Grains.Tenant(tenant).ChangeAsync(SiloHost.OperatorActor, new TenantChange { Features = new TenantFeaturesChange { MultiDomain = true } }, default);
        names.SetTxt(DomainChallenges.TxtName(_domain), DomainChallenges.TxtValue(challenge));
        (await silo.Grains.Snippet(snippet).VerifyDomainAsync(owner, _domain, default)).Refusal.ShouldBe(Refusal.None);
        return (owner, snippet);
    }

    private async Task<(TenantId Tenant, Actor Owner, SnippetId Snippet, string Challenge)> AddAsync(SiloHost silo)
    {
        var (tenant, owner) = await silo.NewTenantAsync();
        var snippet = (await silo.Grains.Listing().ListSnippetsAsync(owner, owner.TenantId, new PageRequest(1, null), default)).Value!.Items.Single().Id;

        // Notices name the snippet, and each test waits for its own.
        await silo.Grains.Snippet(snippet).ChangeAsync(owner, new SnippetChange { Name = snippet.ToString() }, default);
        var pending = (await silo.Grains.Snippet(snippet).AddDomainAsync(owner, _domain, default)).Value!.Domains.Single();
        return (tenant.Id, owner, snippet, pending.Challenge);
    }

    private static Func<OutboxFiles.Delivered, bool> Concerns(SnippetId snippet) => told => told.Data.GetValueOrDefault("snippet") == snippet.ToString();

    private Task<SnippetDomainView?> DomainAsync(Actor owner, SnippetId snippet) => DomainAsync(Silo, owner, snippet);

    private async Task<SnippetDomainView?> DomainAsync(SiloHost silo, Actor owner, SnippetId snippet) =>
        (await silo.Grains.Snippet(snippet).GetAsync(owner, default)).Value!.Domains.FirstOrDefault(domain => domain.Name == _domain);

    private bool Allows(SnippetId snippet, string? domain = null) =>
        Silo.Service<LiveTenants>().TryGetSnippet(snippet, out var published) && published.TryFind("https://" + (domain ?? _domain), out _);

    /// <summary>What the tenant's log says of snippets, newest first.</summary>
    private async Task<IReadOnlyList<string>> ActionsAsync(Actor owner) =>
    [
        .. (await Silo.Grains.AuditReader().ListAsync(owner, owner.TenantId, new AuditFilter(), new PageRequest(100, null), default)).Value!.Items
            .Select(entry => entry.Action).Where(action => action.StartsWith("snippet.", StringComparison.Ordinal)),
    ];
}
