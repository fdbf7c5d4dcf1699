using System.Collections.Immutable;
using Platform.IpRules;
using Platform.Paging;
using Platform.Sessions;

namespace Platform.Tenants;

/// <summary>From where a tenant's users may come (row IPRULES): read, set, and tried against the sessions that are open now.</summary>
internal sealed class TenantIpRules(SessionTable sessions, IGrainFactory grains)
{
    private const int SessionsPerRead = 200;

    public static Outcome<IpRulesView> Get(CommittedTenant account, Actor actor)
    {
        var refusal = TenantSettings.RefuseManagement(account.Id, account.Stored, actor);
        return refusal == Refusal.None ? ViewOf(account.Stored!) : refusal;
    }

    public async Task<Outcome<IpRulesView>> SetAsync(
        CommittedTenant account, Actor actor, ImmutableArray<IpRuleInput> rules, bool force, CancellationToken cancellationToken)
    {
        var (read, refused) = await ReadAsync(account, actor, rules, cancellationToken);
        if (refused is not null) return refused;
        var tenant = account.Stored!;
        if (!force && !new IpRuleSet(read).AllowsUser(actor.UserId, IpNumber.Of(actor.Client?.Ip))) return Refusal.WouldLockOutEditor;
        await account.SaveAsync(tenant with { IpRules = read }, TenantAuditEntries.IpRulesSet(account.Id, tenant, actor, read), cancellationToken);
        return ViewOf(account.Stored!);
    }

    public async Task<Outcome<Page<RefusedSession>>> TryAsync(
        CommittedTenant account, Actor actor, ImmutableArray<IpRuleInput> rules, PageRequest page, CancellationToken cancellationToken)
    {
        var (read, refused) = await ReadAsync(account, actor, rules, cancellationToken);
        if (refused is not null) return refused;

        var set = new IpRuleSet(read);
        var found = ImmutableArray.CreateBuilder<RefusedSession>();
        var limit = page.Size();
        for (var after = page.After; ;)
        {
            var rows = await sessions.ListOpenAsync(account.Id, new PageRequest(SessionsPerRead, after), cancellationToken);
            foreach (var row in rows.Items.Where(row => !set.AllowsUser(row.UserId, IpNumber.Of(row.Ip))))
            {
                found.Add(new RefusedSession(row.Id, row.UserId, row.Ip));
                if (found.Count == limit) return new Page<RefusedSession>(found.ToImmutable(), row.Key);
            }

            if (rows.Next is null) return new Page<RefusedSession>(found.ToImmutable(), null);
            after = rows.Next;
        }
    }

    /// <summary>Rules that the actor may set or try, or why not.</summary>
    private async Task<(ImmutableArray<IpRule> Rules, Outcome? Refused)> ReadAsync(
        CommittedTenant account, Actor actor, ImmutableArray<IpRuleInput> rules, CancellationToken cancellationToken)
    {
        var refusal = TenantSettings.RefuseManagement(account.Id, account.Stored, actor);
        if (refusal != Refusal.None) return ([], refusal);
        if (!account.Stored!.Features.IpRules) return ([], Refusal.EditionRequired);
        if (rules.Length > IpRule.MaxPerTenant)
        {
            return ([], InputErrors.Of(new InputError("/rules", "too_many_rules", $"A tenant has at most {IpRule.MaxPerTenant} rules.")));
        }

        var read = ImmutableArray.CreateBuilder<IpRule>(rules.Length);
        var faults = new List<InputError>();
        for (var i = 0; i < rules.Length; i++)
        {
            faults.AddRange(rules[i].Read($"/rules/{i}", out var rule));
            read.Add(rule);
            if (rule.UserId is { } user && (await grains.User(user).GetAsync(actor, cancellationToken)).Value is null)
            {
                faults.Add(new InputError($"/rules/{i}/appliesTo", "unknown_user", "There is no such user in this tenant."));
            }
        }

        return (read.ToImmutable(), faults.Count == 0 ? null : InputErrors.Of([.. faults]));
    }

    private static IpRulesView ViewOf(StoredTenant tenant) => new(tenant.IpRules, tenant.Features.IpRules);
}
