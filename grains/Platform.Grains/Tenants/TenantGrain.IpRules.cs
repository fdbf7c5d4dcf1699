using System.Collections.Immutable;
using Platform.Audit;
using Platform.IpRules;
using Platform.Listing;
using Platform.Users;

namespace Platform.Tenants;

public sealed partial class TenantGrain
{
    private const int SessionsPerRead = 200;

    Task<Outcome<IpRulesView>> IIpRulesGrain.GetAsync(Actor actor, CancellationToken cancellationToken)
    {
        var refusal = RefuseManagement(actor);
        return Task.FromResult<Outcome<IpRulesView>>(refusal == Refusal.None ? IpRulesOf(state.Value!) : refusal);
    }

    async Task<Outcome<IpRulesView>> IIpRulesGrain.SetAsync(Actor actor, ImmutableArray<IpRuleInput> rules, bool force, CancellationToken cancellationToken)
    {
        var (read, refused) = await ReadAsync(actor, rules, cancellationToken);
        if (refused is not null) return refused;
        var tenant = state.Value!;
        if (!force && !new IpRuleSet(read).AllowsUser(actor.UserId, IpNumber.Of(actor.Client?.Ip))) return Refusal.WouldLockOutEditor;
        await SaveAsync(tenant with { IpRules = read }, By(actor, AuditActions.TenantIpRulesSet, PartyOf(tenant), ChangeOf(tenant.IpRules, read)), cancellationToken);
        return IpRulesOf(state.Value!);
    }

    async Task<Outcome<Page<RefusedSession>>> IIpRulesGrain.TryAsync(
        Actor actor, ImmutableArray<IpRuleInput> rules, PageRequest page, CancellationToken cancellationToken)
    {
        var (read, refused) = await ReadAsync(actor, rules, cancellationToken);
        if (refused is not null) return refused;

        var set = new IpRuleSet(read);
        var found = ImmutableArray.CreateBuilder<RefusedSession>();
        var limit = page.Size();
        for (var after = page.After; ;)
        {
            var rows = await sessionRows.ListOpenAsync(_id, new PageRequest(SessionsPerRead, after), cancellationToken);
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
    private async Task<(ImmutableArray<IpRule> Rules, Outcome? Refused)> ReadAsync(Actor actor, ImmutableArray<IpRuleInput> rules, CancellationToken cancellationToken)
    {
        var refusal = RefuseManagement(actor);
        if (refusal != Refusal.None) return ([], refusal);
        if (!state.Value!.Features.IpRules) return ([], Refusal.EditionRequired);
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
            if (rule.UserId is { } user && (await GrainFactory.User(user).GetAsync(actor, cancellationToken)).Value is null)
            {
                faults.Add(new InputError($"/rules/{i}/appliesTo", "unknown_user", "There is no such user in this tenant."));
            }
        }

        return (read.ToImmutable(), faults.Count == 0 ? null : InputErrors.Of([.. faults]));
    }

    private static IpRulesView IpRulesOf(StoredTenant tenant) => new(tenant.IpRules, tenant.Features.IpRules);
}
