using Microsoft.Extensions.Options;
using Platform.Sessions;
using Platform.Snippets;
using Platform.Tenants;
using static Platform.Permissions;

namespace Platform.Grains.Tests.Tenants;

public sealed class TenantSettingsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TenantId Id = PrefixedId.New<TenantId>(TimeProvider.System);

    private static readonly StoredTenant Tenant = new()
    {
        Slug = "acme",
        Name = "Acme",
        Edition = TenantEdition.Enterprise,
        Status = TenantStatus.Active,
        PrimarySnippet = SnippetId.New(),
    };

    private readonly TenantSettings _settings = new(Options.Create(new SessionOptions()));

    /// <summary>Whether the actor is at home, what it holds, the change, the refusal.</summary>
    public static TheoryData<bool, Permissions, TenantChange, Refusal> Changes => new()
    {
        { true, Owner, new TenantChange { Name = "Acme 2" }, Refusal.None },
        { true, Owner, new TenantChange { Name = "" }, Refusal.InvalidRequest },
        { true, Read, new TenantChange { Name = "Acme 2" }, Refusal.Forbidden },
        { true, Owner, new TenantChange { Status = TenantStatus.Suspended }, Refusal.Forbidden },
        { true, Owner, new TenantChange { SessionPolicy = new SessionPolicyChange { IdleTimeout = TimeSpan.FromMinutes(5) } }, Refusal.None },
        { true, Owner, new TenantChange { SessionPolicy = new SessionPolicyChange { IdleTimeout = TimeSpan.FromSeconds(1) } }, Refusal.InvalidRequest },
        { true, Owner, new TenantChange { RequireSecondFactor = true }, Refusal.FeatureRequired },
        { false, Owner, new TenantChange { Name = "Acme 2" }, Refusal.NotFound },
        { false, Operate, new TenantChange { Status = TenantStatus.Suspended }, Refusal.None },
        { false, Operate, new TenantChange { SupportApproval = false }, Refusal.Forbidden },
        { false, Operate, new TenantChange { Features = new TenantFeaturesChange { IpRules = true } }, Refusal.None },
        { false, Operate, new TenantChange { Edition = TenantEdition.Standard, Features = new TenantFeaturesChange { IpRules = true } }, Refusal.EditionRequired },
    };

    [Theory, MemberData(nameof(Changes))]
    public void Change_Table(bool home, Permissions held, TenantChange change, Refusal expected) =>
        _settings.Change(Id, Tenant, ActorWith(home, held), change, Now).Refusal.ShouldBe(expected);

    [Fact]
    public void Change_NoSuchTenant_IsNotFound() =>
        _settings.Change(Id, null, ActorWith(home: true, Owner | Operate), new TenantChange(), Now).Refusal.ShouldBe(Refusal.NotFound);

    [Fact]
    public void Change_ToSuspended_EndsAllSessionsOnce()
    {
        var suspend = new TenantChange { Status = TenantStatus.Suspended };
        var suspended = _settings.Change(Id, Tenant, ActorWith(home: false, Operate), suspend, Now).Value!.Next;
        suspended.Epoch.ShouldBe(Tenant.Epoch + 1);
        _settings.Change(Id, suspended, ActorWith(home: false, Operate), suspend, Now).Value!.Next.Epoch.ShouldBe(suspended.Epoch);
    }

    [Fact]
    public void Change_ToALongerIdleTimeout_RevivesNothing()
    {
        var change = new TenantChange { SessionPolicy = new SessionPolicyChange { IdleTimeout = TimeSpan.FromHours(2) } };
        var next = _settings.Change(Id, Tenant, ActorWith(home: true, Owner), change, Now).Value!.Next;
        next.IdleCutoff.ShouldBe(Now - new SessionOptions().IdleTimeout);
        _settings.SnapshotOf(next, Now).IdleCutoff.ShouldBe(next.IdleCutoff);
    }

    [Fact]
    public void SnapshotOf_CutoffFromAClockAhead_CountsForNothing() =>
        _settings.SnapshotOf(Tenant with { IdleCutoff = Now.AddDays(1) }, Now).IdleCutoff.ShouldBe(DateTimeOffset.MinValue);

    /// <summary>Domains known, those of the new snippet, whether several are allowed, the refusal.</summary>
    [Theory]
    [InlineData("", "a.example", false, Refusal.None)]
    [InlineData("a.example", "a.example", false, Refusal.None)]
    [InlineData("a.example", "b.example", false, Refusal.MultiDomainRequired)]
    [InlineData("a.example", "b.example", true, Refusal.None)]
    public void TenantSnippets_With_Table(string known, string added, bool multiDomain, Refusal expected)
    {
        var tenant = Tenant with { Features = new TenantFeatures { MultiDomain = multiDomain }, Snippets = [Publication(known)] };
        TenantSnippets.With(tenant, Publication(added)).Refusal.ShouldBe(expected);
    }

    [Fact]
    public void TenantSnippets_TheSameAgain_IsTheSameValue()
    {
        var one = Publication("a.example");
        var tenant = TenantSnippets.With(Tenant, one).Value!;
        TenantSnippets.With(tenant, one).Value.ShouldBeSameAs(tenant);
        TenantSnippets.Without(tenant, SnippetId.New()).ShouldBeSameAs(tenant);
        TenantSnippets.Of(TenantSnippets.Without(tenant, one.Id)).ShouldNotContain(one);
    }

    [Fact]
    public void TenantSnippets_With_TooMany_IsRefused()
    {
        var tenant = Tenant with { Snippets = [.. Enumerable.Range(0, 20).Select(_ => Publication(""))] };
        TenantSnippets.With(tenant, Publication("")).Refusal.ShouldBe(Refusal.TooManySnippets);
    }

    private static SnippetPublication Publication(string domain) =>
        new() { Id = SnippetId.New(), Domains = domain.Length == 0 ? [] : [new SnippetDomain(domain, Verified: true, Now)] };

    private static Actor ActorWith(bool home, Permissions held) => new()
    {
        TenantId = home ? Id : PrefixedId.New<TenantId>(TimeProvider.System),
        UserId = PrefixedId.New<UserId>(TimeProvider.System),
        SessionId = PrefixedId.New<SessionId>(TimeProvider.System),
        Permissions = held,
    };
}
