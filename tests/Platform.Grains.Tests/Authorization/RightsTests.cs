using FsCheck;
using FsCheck.Fluent;
using Platform.Authorization;
using Platform.Users;
using static Platform.Permissions;

namespace Platform.Grains.Tests.Authorization;

public sealed class RightsTests
{
    private const Permissions Manager = ManageUsers | Read;

    private static readonly Arbitrary<Permissions> AnySet = Gen.Choose(0, 31).Select(bits => (Permissions)bits).ToArbitrary();

    [Theory, Trait("Threat", "T46")]
    [InlineData(Owner, None, Owner, true)]
    [InlineData(Owner, Owner, None, true)]
    [InlineData(Owner, Read, Read | Edit, true)]
    [InlineData(Owner, Read, Read | Operate, false)]
    [InlineData(Owner, Read | Operate, Read, false)]
    [InlineData(Manager, Read, Read | ManageUsers, true)]
    [InlineData(Manager, Read, Read | Edit, false)]
    [InlineData(Manager, Read | Edit, Read, false)]
    [InlineData(Manager, Read | Edit, Read | Edit, true)]
    [InlineData(Manager, Edit, Edit | Read, true)]
    [InlineData(None, None, None, true)]
    public void MayChange_Table(Permissions actor, Permissions before, Permissions after, bool expected) =>
        Rights.MayChange(actor, before, after).ShouldBe(expected);

    [Theory, Trait("Threat", "T46")]
    [InlineData(Owner, Owner, true)]
    [InlineData(Owner, Owner | Operate, false)]
    [InlineData(Manager, Read, true)]
    [InlineData(Manager, Read | Edit, false)]
    [InlineData(ManageUsers, None, true)]
    public void MayRule_Table(Permissions actor, Permissions target, bool expected) => Rights.CanManage(actor, target).ShouldBe(expected);

    /// <summary>Tenant-wide level, grant (or none), what is asked, answer.</summary>
    [Theory]
    [InlineData(Owner, null, Edit, Refusal.None)]
    [InlineData(Read, null, Read, Refusal.None)]
    [InlineData(Read, null, Collaborate, Refusal.Forbidden)]
    [InlineData(Read, null, Edit, Refusal.Forbidden)]
    [InlineData(None, null, Read, Refusal.Forbidden)]
    [InlineData(ManageUsers, null, Read, Refusal.Forbidden)]
    [InlineData(Edit, null, Edit, Refusal.Forbidden)]
    [InlineData(Read, Read | Edit, Edit, Refusal.None)]
    [InlineData(Read, Read | Collaborate, Collaborate, Refusal.None)]
    [InlineData(Read, Read | Collaborate, Edit, Refusal.Forbidden)]
    [InlineData(None, Read, Read, Refusal.None)]
    [InlineData(Owner, Read, Edit, Refusal.Forbidden)]
    [InlineData(Owner, Read, ManageUsers, Refusal.None)]
    [InlineData(Owner, None, Read, Refusal.NotFound)]
    [InlineData(Owner, Edit | Collaborate, Edit, Refusal.NotFound)]
    [InlineData(Read, ManageUsers | Read, ManageUsers, Refusal.Forbidden)]
    [InlineData(Read, Operate | Read, Operate, Refusal.Forbidden)]
    public void RefuseOnScenario_Table(Permissions tenantWide, Permissions? grant, Permissions needed, Refusal expected) =>
        Rights.RefuseOnScenario(tenantWide, grant, needed).ShouldBe(expected);

    [Theory]
    [InlineData("owner", None, Owner)]
    [InlineData("editor", None, Edit | Collaborate | Read)]
    [InlineData("collaborator", Owner, Collaborate | Read)]
    [InlineData("viewer", Edit, Read)]
    [InlineData("analyst", Owner, Read | Collaborate)]
    [InlineData("gone", Owner, None)]
    [InlineData("Owner", Owner, None)]
    [InlineData(null, Edit, Edit)]
    public void RoleSet_Table(string? role, Permissions own, Permissions expected) =>
        new RoleSet([new Role("analyst", Read | Collaborate)]).Of(role, own).ShouldBe(expected);

    /// <summary>However many changes an actor may make, together they add nothing that the actor lacks, and take nothing of that away.</summary>
    [Fact, Trait("Threat", "T46")]
    public void AnySequenceOfAllowedChanges_NeverMovesWhatTheActorLacks() =>
        Prop.ForAll(AnySet, AnySet, AnySet.Generator.ListOf().ToArbitrary(), (actor, start, wishes) =>
        {
            var held = start;
            foreach (var wish in wishes)
            {
                if (Rights.MayChange(actor, held, wish)) held = wish;
            }

            return (held & ~actor) == (start & ~actor);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void MayChange_IsTheSameBothWays() =>
        Prop.ForAll(AnySet, AnySet, AnySet, (actor, a, b) => Rights.MayChange(actor, a, b) == Rights.MayChange(actor, b, a)).Check(Config.QuickThrowOnFailure);

    [Fact, Trait("Threat", "T46")]
    public void OnScenario_AGrantDecidesAloneThereAndGivesNothingElse() =>
        Prop.ForAll(AnySet, AnySet, (tenantWide, grant) =>
        {
            var held = Rights.OnScenario(tenantWide, grant);
            return (held & Rights.OfScenarios) == (grant & Rights.OfScenarios) && (held & ~Rights.OfScenarios) == (tenantWide & ~Rights.OfScenarios);
        }).Check(Config.QuickThrowOnFailure);
}
