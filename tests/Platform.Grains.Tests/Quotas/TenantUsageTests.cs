using Microsoft.Extensions.DependencyInjection;
using Platform.Grains.Tests.Hosting;
using Platform.Scenarios;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Grains.Tests.Quotas;

public sealed class TenantUsageTests(CheapHashFixture fixture) : IClassFixture<CheapHashFixture>
{
    private SiloHost Silo => fixture.Silo;

    [Theory]
    [InlineData(TenantObject.User)]
    [InlineData(TenantObject.Scenario)]
    [InlineData(TenantObject.IdempotencyKey)]
    public void Of_EachEdition_AllowsMoreThanTheOneBefore(TenantObject kind)
    {
        var quotas = Enum.GetValues<TenantEdition>().Select(edition => TenantQuotas.Of(kind, edition)).ToArray();
        quotas.ShouldBe(quotas.Order());
        quotas.Distinct().Count().ShouldBe(quotas.Length);
    }

    /// <summary>Many calls come at the border at once.</summary>
    [Fact, Trait("Threat", "T43")]
    public async Task Create_ScenariosAtOnceBeyondTheQuota_MakesExactlyAsManyAsItAllows()
    {
        var (tenant, owner) = await NewTrialAsync();
        var quota = TenantQuotas.Of(TenantObject.Scenario, TenantEdition.Trial);
        await Task.WhenAll(Enumerable.Range(0, quota - 5).Select(_ => CreateAsync(owner)));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => CreateAsync(owner)));
        outcomes.Count(outcome => outcome.Value is not null).ShouldBe(5);
        outcomes.Count(outcome => outcome.Refusal == Refusal.QuotaExceeded).ShouldBe(20);
        (await Silo.Service<ScenarioTable>().CountAsync(tenant.Id, default)).ShouldBe(quota);

        var one = outcomes.First(outcome => outcome.Value is not null).Value!.Listing;
        (await Silo.Grains.Scenario(one.Id).CreateAsync(owner, Draft, default)).Value.ShouldNotBeNull("the same creation again");
        (await Silo.Grains.Scenario(one.Id).DeleteAsync(owner, new VersionMatch(Any: true, []), default)).Succeeded.ShouldBeTrue();
        (await CreateAsync(owner)).Value.ShouldNotBeNull("a place is free");
        (await CreateAsync(owner)).Refusal.ShouldBe(Refusal.QuotaExceeded);
        await SetEditionAsync(tenant.Id, TenantEdition.Developer);
        (await CreateAsync(owner)).Value.ShouldNotBeNull("another edition");
    }

    [Fact, Trait("Threat", "T43")]
    public async Task Create_UserBeyondTheQuota_IsRefusedAndLetInWhenOneLeft()
    {
        var (tenant, owner) = await NewTrialAsync();
        var bob = await Silo.NewUserAsync(owner, "bob");
        var rows = Silo.Service<UserTable>();
        var quota = TenantQuotas.Of(TenantObject.User, TenantEdition.Trial);
        for (var i = await rows.CountAsync(tenant.Id, default); i < quota; i++)
        {
            await rows.SaveAsync(bob with { Id = PrefixedId.New<UserId>(Silo.Time) }, $"index-{i}", $"email-{i}", default);
        }

        // What the grain has counted is behind the table; it looks again before it lets the last ones in or refuses. Its own count fills up by itself.
        await Silo.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);
        (await Silo.TryNewUserAsync(owner, "carol")).Refusal.ShouldBe(Refusal.QuotaExceeded);
        (await Silo.Grains.User(bob.Id).DeleteAsync(owner, default)).Succeeded.ShouldBeTrue();
        (await Silo.TryNewUserAsync(owner, "carol")).Value.ShouldNotBeNull();
        (await Silo.TryNewUserAsync(owner, "dave")).Refusal.ShouldBe(Refusal.QuotaExceeded);
    }

    [Fact]
    public async Task Comment_BeyondAThousand_IsRefused()
    {
        var (_, owner) = await NewTrialAsync();
        var scenario = Silo.Grains.Scenario((await CreateAsync(owner)).Value!.Listing.Id);
        for (var i = 0; i < ScenarioRules.MaxComments; i++)
        {
            (await scenario.CommentAsync(owner, PrefixedId.New<CommentId>(Silo.Time), "text", default)).Value.ShouldNotBeNull();
        }

        (await scenario.CommentAsync(owner, PrefixedId.New<CommentId>(Silo.Time), "text", default)).Refusal.ShouldBe(Refusal.QuotaExceeded);
    }

    private static ScenarioDraft Draft { get; } = new() { Name = "one", Kind = ScenarioKind.Scenario, Content = "{}" };

    private Task<Outcome<ScenarioView>> CreateAsync(Actor owner) => Silo.Grains.Scenario(PrefixedId.New<ScenarioId>(Silo.Time)).CreateAsync(owner, Draft, default);

    private async Task<(TenantView Tenant, Actor Owner)> NewTrialAsync()
    {
        var (tenant, owner) = await Silo.NewTenantAsync();
        await SetEditionAsync(tenant.Id, TenantEdition.Trial);
        return (tenant, owner);
    }

    private async Task SetEditionAsync(TenantId tenant, TenantEdition edition) =>
        (await Silo.Grains.Tenant(tenant).ChangeAsync(SiloHost.OperatorActor, new TenantChange { Edition = edition }, default)).Value.ShouldNotBeNull();
}
