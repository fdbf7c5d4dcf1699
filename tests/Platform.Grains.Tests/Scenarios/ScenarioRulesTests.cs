using Platform.Scenarios;
using static Platform.Permissions;

namespace Platform.Grains.Tests.Scenarios;

public sealed class ScenarioRulesTests
{
    private static readonly TenantId Tenant = PrefixedId.New<TenantId>(TimeProvider.System);
    private static readonly UserId User = PrefixedId.New<UserId>(TimeProvider.System);
    private static readonly StoredScenario Scenario = new() { TenantId = Tenant, Name = "one", Version = 3, Content = "{}" };

    /// <summary>What the user may do in the tenant, the level before, the level that is set, what the actor holds, the refusal.</summary>
    [Theory, Trait("Threat", "T46")]
    [InlineData(Read, null, Read | Edit, Owner, Refusal.None)]
    [InlineData(Read, null, null, Owner, Refusal.NotFound)]
    [InlineData(Read, Read | Edit, null, Owner, Refusal.None)]
    [InlineData(Read, null, Read | Edit, ManageUsers | Read, Refusal.Forbidden)]
    [InlineData(Read, null, Read, ManageUsers, Refusal.None)]
    [InlineData(Read | Edit, null, None, ManageUsers | Read, Refusal.Forbidden)]
    public void SetGrant_Table(Permissions tenantWide, Permissions? before, Permissions? level, Permissions actor, Refusal expected)
    {
        var scenario = before is { } held ? Scenario with { Grants = [new ScenarioGrant(User, held)] } : Scenario;
        var set = ScenarioRules.SetGrant(scenario, ActorWith(actor), User, tenantWide, level);
        set.Refusal.ShouldBe(expected);
        if (set.Value is { } next) ScenarioRules.GrantOf(next, User).ShouldBe(level);
    }

    [Fact]
    public void SetGrant_TheSameLevel_IsTheSameValue()
    {
        var scenario = Scenario with { Grants = [new ScenarioGrant(User, Read)] };
        ScenarioRules.SetGrant(scenario, ActorWith(Owner), User, Read, Read).Value.ShouldBeSameAs(scenario);
    }

    [Fact]
    public void SetGrant_TooMany_IsRefused()
    {
        var scenario = Scenario with { Grants = [.. Enumerable.Range(0, 200).Select(_ => new ScenarioGrant(PrefixedId.New<UserId>(TimeProvider.System), Read))] };
        ScenarioRules.SetGrant(scenario, ActorWith(Owner), User, Read, Read | Edit).Refusal.ShouldBe(Refusal.InvalidRequest);
    }

    [Fact, Trait("Threat", "T53")]
    public void RefuseChange_WithoutAVersion_IsRefused()
    {
        ScenarioRules.RefuseChange(Scenario, ActorWith(Owner), match: null).ShouldBe(Refusal.PreconditionRequired);
        ScenarioRules.RefuseChange(Scenario, ActorWith(Read), match: null).ShouldBe(Refusal.Forbidden);
        ScenarioRules.RefuseChange(null, ActorWith(Owner), match: null).ShouldBe(Refusal.NotFound);
    }

    private static Actor ActorWith(Permissions held) => new()
    {
        TenantId = Tenant,
        UserId = PrefixedId.New<UserId>(TimeProvider.System),
        SessionId = PrefixedId.New<SessionId>(TimeProvider.System),
        Permissions = held,
    };
}
