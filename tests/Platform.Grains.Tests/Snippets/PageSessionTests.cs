using System.Collections.Immutable;
using Platform.Grains.Tests.Hosting;
using Platform.Sessions;
using Platform.SignIn;
using Platform.Snippets;
using Platform.Tenants;

namespace Platform.Grains.Tests.Snippets;

/// <summary>Sessions that were opened from a page are good there and nowhere else (threat T56).</summary>
public sealed class PageSessionTests(CheapHashFixture fixture) : IClassFixture<CheapHashFixture>
{
    private SiloHost Silo => fixture.Silo;

    [Fact, Trait("Threat", "T56")]
    public async Task Session_OpenedFromAPage_IsRefusedElsewhereAndEndsByNothingOfIt()
    {
        var (owner, page) = await PageAsync();
        var (session, hash) = await SignInAsync(owner.TenantId, page);
        (await CheckAsync(session, hash, page)).ShouldBe(SessionState.Live);
        foreach (var other in new[] { null, page with { Origin = "https://b.test" }, page with { Snippet = SnippetId.New() } })
        {
            (await CheckAsync(session, hash, other)).ShouldBe(SessionState.OriginNotAllowed);
            (await Silo.Grains.Session(session).TouchAsync(hash, null, other, default)).State.ShouldBe(SessionState.OriginNotAllowed);
        }

        (await CheckAsync(session, hash, page)).ShouldBe(SessionState.Live);
    }

    [Fact, Trait("Threat", "T56")]
    public async Task Session_OpenedWithoutAPage_IsRefusedFromOne()
    {
        var (owner, page) = await PageAsync();
        var (session, hash) = await SignInAsync(owner.TenantId, page: null);
        (await CheckAsync(session, hash, page)).ShouldBe(SessionState.OriginNotAllowed);
        (await CheckAsync(session, hash, page: null)).ShouldBe(SessionState.Live);
    }

    [Fact, Trait("Threat", "T56")]
    public async Task RemoveDomain_ThenAddAgain_RefusesItsSessionsMeanwhile()
    {
        var (owner, page) = await PageAsync();
        var (session, hash) = await SignInAsync(owner.TenantId, page);
        await Silo.Grains.Snippet(page.Snippet).RemoveDomainAsync(owner, "a.test", default);
        (await CheckAsync(session, hash, page)).ShouldBe(SessionState.OriginNotAllowed);
        (await Silo.Grains.Session(session).InspectAsync(hash, default)).State.ShouldBe(SessionState.OriginNotAllowed, "nor does it count for a back end");
        await Silo.Grains.Snippet(page.Snippet).AddDomainAsync(owner, "a.test", default);
        (await CheckAsync(session, hash, page)).ShouldBe(SessionState.Live);
    }

    [Fact]
    public async Task SignIn_FromAPageThatIsNotProven_IsRefusedOnlyAfterTheRightPassword()
    {
        var (owner, page) = await PageAsync();
        var forged = page with { Origin = "https://b.test" };
        (await TrySignInAsync(owner.TenantId, forged)).Refusal.ShouldBe(Refusal.OriginNotAllowed);
        (await TrySignInAsync(owner.TenantId, forged, password: "Wrong-Harbour-71")).Refusal.ShouldBe(Refusal.InvalidCredentials);
    }

    [Fact]
    public async Task SignIn_WhereASecondFactorIsRequiredAndMissing_OpensNothing()
    {
        var (owner, page) = await PageAsync();
        await Silo.Grains.Tenant(owner.TenantId).ChangeAsync(SiloHost.OperatorActor, new TenantChange { Features = new TenantFeaturesChange { TwoFactor = true } }, default);
        (await Silo.Grains.Tenant(owner.TenantId).ChangeAsync(owner, new TenantChange { RequireSecondFactor = true }, default)).Value.ShouldNotBeNull();
        (await TrySignInAsync(owner.TenantId, page)).Refusal.ShouldBe(Refusal.SecondFactorEnrolmentRequired);
        (await Silo.Grains.Listing().ListSessionsAsync(owner, owner.UserId, SessionFilter.All, new PageRequest(9, null), default)).Value!.Items.Length.ShouldBe(1);
    }

    [Fact, Trait("Threat", "T38")]
    public async Task Restart_SessionOfAPage_IsStillBound()
    {
        var silo = await SiloHost.StartAsync(CheapHashing.Put);
        var (_, owner) = await silo.NewTenantAsync();
        var snippet = (await silo.Grains.Listing().ListSnippetsAsync(owner, owner.TenantId, new PageRequest(9, null), default)).Value!.Items.Single().Id;
        await silo.Grains.Snippet(snippet).AddDomainAsync(owner, "a.test", default);
        var page = new PageOrigin(snippet, "https://a.test");
        var (opened, hash) = await silo.SignInAsync(owner.TenantId.ToString(), "owner", SiloCalls.OwnerPassword, page);
        var session = opened!.Id;

        silo = await silo.RestartAsync();
        (await silo.Grains.Session(session).PeekAsync(hash, null, null, default)).State.ShouldBe(SessionState.OriginNotAllowed);
        (await silo.Grains.Session(session).PeekAsync(hash, null, page, default)).View!.Page.ShouldBe(page);
        await silo.DisposeAsync();
    }

    private async Task<(Actor Owner, PageOrigin Page)> PageAsync()
    {
        var (_, owner) = await Silo.NewTenantAsync();
        var snippet = (await Silo.Grains.Listing().ListSnippetsAsync(owner, owner.TenantId, new PageRequest(9, null), default)).Value!.Items.Single().Id;
        (await Silo.Grains.Snippet(snippet).AddDomainAsync(owner, "a.test", default)).Value.ShouldNotBeNull();
        return (owner, new PageOrigin(snippet, "https://a.test"));
    }

    private async Task<SessionState> CheckAsync(SessionId session, ImmutableArray<byte> hash, PageOrigin? page)
    {
        var state = (await Silo.Grains.Session(session).PeekAsync(hash, null, page, default)).State;
        if (Silo.Live.TryGet(session, out var live)) live.Peek(hash.AsSpan(), null, Silo.Time.GetUtcNow(), page).ShouldBe(state, "the record in memory says the same");
        return state;
    }

    private async Task<(SessionId Session, ImmutableArray<byte> Hash)> SignInAsync(TenantId tenant, PageOrigin? page)
    {
        var (session, hash) = await Silo.SignInAsync(tenant.ToString(), "owner", SiloCalls.OwnerPassword, page);
        return (session.ShouldNotBeNull().Id, hash);
    }

    private Task<Outcome<SignInResult>> TrySignInAsync(TenantId tenant, PageOrigin? page, string password = SiloCalls.OwnerPassword) =>
        Silo.TrySignInAsync(tenant.ToString(), "owner", password, SiloCalls.NewSecretHash(out _), page);
}
