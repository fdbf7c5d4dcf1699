using Platform.ApiKeys;
using Platform.Audit;
using Platform.Deletion;
using Platform.Grains.Tests.ApiKeys;
using Platform.Grains.Tests.Hosting;
using Platform.Grains.Tests.Support;
using Platform.Internal;
using Platform.Restores;
using Platform.Security;
using Platform.Sessions;
using Platform.Snippets;
using Platform.Support;
using Platform.Tenants;

namespace Platform.Grains.Tests.Restores;

public sealed class RestoreConsequencesTests
{
    [Fact, Trait("Threat", "T78")]
    public async Task Apply_EndsSessionsKeysAndSupportOfEveryTenant_AndTheSameAgainChangesNothing()
    {
        await using var silo = await SiloHost.StartAsync();
        var ((tenant, owner), (other, otherOwner), staff) = (await silo.NewTenantAsync(), await silo.NewTenantAsync(), await silo.NewOperatorAsync());
        var epoch = (await silo.Grains.TenantInternal(tenant.Id).FindSignInRulesAsync(default))!.Epoch;
        var (key, hash) = await ApiKeyCalls.CreateAsync(silo, owner);
        var grant = await silo.AskAsync(staff, other.Id, breakGlass: true);
        var restore = new PlatformRestore("platform-test-1", silo.Time.GetUtcNow() - TimeSpan.FromHours(3), silo.Time.GetUtcNow(), "restore", SiloHost.Client);
        var consequences = new RestoreConsequences(silo.Grains, silo.Service<TenantTable>(), silo.Service<ProvenDomainTable>(), silo.Service<TenantDeletionTable>(), silo.Service<DataKeys>());

        await consequences.ApplyAsync(restore, plans: null, default);
        await consequences.ApplyAsync(restore, plans: null, default);

        var rules = (await silo.Grains.TenantInternal(tenant.Id).FindSignInRulesAsync(default)).ShouldNotBeNull();
        (rules.Epoch, rules.PasswordCutoff).ShouldBe((epoch + 1, restore.RestoredAt));
        (await ApiKeyCalls.CheckAsync(silo, owner, key, hash)).ShouldBe(ApiKeyState.Unknown);
        (await silo.UseAsync(staff, other.Id)).ShouldBe(Refusal.NotFound);
        (await silo.RowsAsync(other.Id))[grant].EndReason.ShouldBe(SupportGrantEnd.PlatformRestored);
        var log = (await silo.Grains.AuditReader().ReadAsync(owner, tenant.Id, AuditFilter.All, null, default)).Value!.Items;
        log.Count(e => e.Action == AuditActions.TenantRestored).ShouldBe(1);
        log.Single(e => e.Action == AuditActions.ApiKeyRevoked).Reason.ShouldBe("platform_restored");
        (await silo.Grains.AuditReader().ReadAsync(otherOwner, other.Id, new AuditFilter { Action = AuditActions.TenantRestored }, null, default)).Value!.Items.Length.ShouldBe(1);
    }
}
