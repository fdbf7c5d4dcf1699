using Platform.Audit;
using Platform.Grains.Tests.Hosting;
using Platform.Grains.Tests.SecondFactors;
using Platform.Support;

namespace Platform.Grains.Tests.Support;

/// <summary>What tests of grains do with support access, by intent.</summary>
internal static class SupportSteps
{
    public static readonly PageRequest All = new(200, null);

    /// <summary>An operator with a second factor that was proven just now.</summary>
    public static async Task<Actor> NewOperatorAsync(this SiloHost silo)
    {
        var (_, user) = await silo.NewTwoFactorTenantAsync();
        await silo.EnrolAsync(user);
        return user with { Permissions = Permissions.Operate, Username = "operator", SecondFactorAt = silo.Time.GetUtcNow(), Client = SiloHost.Client };
    }

    public static Task<Outcome<SupportGrant>> TryAskAsync(this SiloHost silo, Actor user, TenantId tenant, bool breakGlass = false, TimeSpan? duration = null) =>
        silo.Grains.Support(tenant).AskAsync(
            user with { SecondFactorAt = silo.Time.GetUtcNow() },
            new NewSupportGrant
            {
                Id = PrefixedId.New<SupportGrantId>(silo.Time), Reason = "reason", Ticket = "SUP-1", Duration = duration ?? TimeSpan.FromMinutes(10), BreakGlass = breakGlass,
            },
            default);

    public static async Task<SupportGrantId> AskAsync(this SiloHost silo, Actor user, TenantId tenant, bool breakGlass = false) =>
        (await silo.TryAskAsync(user, tenant, breakGlass)).Value.ShouldNotBeNull().Id;

    public static async Task<Refusal> UseAsync(this SiloHost silo, Actor user, TenantId tenant) =>
        (await silo.Grains.Support(tenant).UseAsync(user, new SupportRead("GET /v1/tenants/{tenant}", null), default)).Refusal;

    /// <summary>As the table has them, by id.</summary>
    public static async Task<Dictionary<SupportGrantId, SupportGrant>> RowsAsync(this SiloHost silo, TenantId tenant) =>
        (await Samples.AllAsync(page => silo.Service<SupportGrantTable>().ListAsync(tenant, null, page, default))).ToDictionary(grant => grant.Id);

    /// <summary>Entries about the grant, oldest first.</summary>
    public static async Task<IReadOnlyList<AuditEvent>> LoggedEventsAsync(this SiloHost silo, Actor owner, SupportGrantId grant) =>
        [.. (await silo.Grains.AuditReader().ReadAsync(owner, owner.TenantId, new AuditFilter { Target = grant.ToString() }, null, default)).Value!.Items.OrderBy(e => e.Sequence)];

    public static Task SweepAsync(this SiloHost silo) => silo.Service<SupportSweeper>().SweepAsync(default);

    private static class Samples
    {
        public static async Task<List<SupportGrant>> AllAsync(Func<PageRequest, Task<Page<SupportGrant>>> list)
        {
            var all = new List<SupportGrant>();
            for (var page = All; ; page = page with { After = all[^1].Id.ToString() })
            {
                var found = await list(page);
                all.AddRange(found.Items);
                if (found.Next is null) return all;
            }
        }
    }
}
