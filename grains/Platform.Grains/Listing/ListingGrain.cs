using Orleans.Concurrency;
using Platform.Deletion;
using Platform.Internal;
using Platform.IpRules;
using Platform.Paging;
using Platform.Scenarios;
using Platform.Sessions;
using Platform.Snippets;
using Platform.Tenants;
using Platform.Users;
using Platform.VulnerabilityReports;

namespace Platform.Listing;

[StatelessWorker, Reentrant]
internal sealed class ListingGrain(
    TenantTable tenants, UserTable users, UserSearch search, SessionTable sessions, ScenarioTable scenarios, VulnerabilityReportTable reports, TenantDeletionTable deletions, LiveTenantLookup live, TimeProvider time) : Grain, IListingGrain
{
    public async Task<Outcome<Page<TenantView>>> ListTenantsAsync(Actor actor, string? search, PageRequest page, CancellationToken cancellationToken) =>
        actor.Holds(Permissions.Operate) ? await tenants.ListAsync(search, page, cancellationToken) : Refusal.NotFound;

    public async Task<Outcome<Page<TenantDeletionView>>> ListTenantDeletionsAsync(Actor actor, PageRequest page, CancellationToken cancellationToken) =>
        actor.Holds(Permissions.Operate) ? await deletions.ListAsync(page, cancellationToken) : Refusal.NotFound;

    public async Task<Outcome<Page<UserView>>> ListUsersAsync(Actor actor, TenantId tenant, UserFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        if (actor.TenantId != tenant) return Refusal.NotFound;
        var manages = actor.Holds(Permissions.ManageUsers);
        if (!actor.Holds(Permissions.Read) || (filter.IsForManagers && !manages)) return Refusal.Forbidden;
        if (await live.FindAsync(tenant, cancellationToken) is not { Roles: var roles }) return Refusal.NotFound;
        if (filter.Role is { } role && roles.Find(role) is null) return UserRoles.UnknownInFilter(roles, manages);
        var now = time.GetUtcNow();
        var found = await search.FindAsync(tenant, filter, page, cancellationToken);
        return found with
        {
            Items = [.. found.Items.Select(user => UserAccount.Shown(user, manages, now) with { Permissions = roles.Of(user.Role, user.Permissions) })],
        };
    }

    public async Task<Outcome<SecondFactorDryRun>> TrySecondFactorAsync(Actor actor, TenantId tenant, CancellationToken cancellationToken)
    {
        if (actor.TenantId != tenant) return Refusal.NotFound;
        if (!actor.Holds(Permissions.ManageUsers)) return Refusal.Forbidden;
        if (await GrainFactory.TenantInternal(tenant).FindSignInRulesAsync(cancellationToken) is not { TwoFactor: true }) return Refusal.FeatureRequired;
        var (all, without, notKnown) = await users.CountFactorsAsync(tenant, cancellationToken);
        var filter = new UserFilter { Status = UserStatus.Active, SecondFactor = SecondFactorFilter.None };
        var first = await ListUsersAsync(actor, tenant, filter, new PageRequest(50, After: null), cancellationToken);
        return first.Value is { } page ? new SecondFactorDryRun(all, without, notKnown, [.. page.Items]) : first.ToRefused();
    }

    public async Task<Outcome<Page<ScenarioListing>>> ListScenariosAsync(Actor actor, TenantId tenant, ScenarioFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        if (actor.TenantId != tenant) return Refusal.NotFound;
        var readsAll = actor.Holds(Permissions.Read);
        if (!readsAll && !await scenarios.HasReadingGrantAsync(tenant, actor.RightsHolder, cancellationToken)) return Refusal.Forbidden;
        return await scenarios.ListAsync(tenant, actor.RightsHolder, readsAll, filter, page, cancellationToken);
    }

    /// <summary>A tenant has few: their order is the tenant's, and a page begins after the one that was the last.</summary>
    public async Task<Outcome<Page<SnippetView>>> ListSnippetsAsync(Actor actor, TenantId tenant, PageRequest page, CancellationToken cancellationToken)
    {
        if (actor.TenantId != tenant) return Refusal.NotFound;
        if (!actor.Holds(Permissions.Read)) return Refusal.Forbidden;
        var all = await GrainFactory.TenantSnippets(tenant).ListAsync(cancellationToken);
        var rest = page.After is { } after ? all.SkipWhile(id => id.ToString() != after).Skip(1) : all;
        var found = await Task.WhenAll(rest.Take(page.Rows()).Select(id => GrainFactory.Snippet(id).GetAsync(actor, cancellationToken)));

        // One whose making was cut off has a place in the list and nothing behind it.
        return found.Select(one => one.Value).OfType<SnippetView>().ToList().ToPage(page, view => view.Id.ToString());
    }

    public async Task<Outcome<Page<SessionListing>>> ListSessionsAsync(Actor actor, UserId user, SessionFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        // The user's grain decides who may read: the answer is the same for absent and foreign users.
        var known = await GrainFactory.User(user).GetAsync(actor, cancellationToken);
        if (known.Value is null) return known.Refusal;
        if (actor.UserId != user && !actor.Holds(Permissions.ManageUsers)) return Refusal.Forbidden;
        Cidr? network = filter.Network is { } text ? Cidr.TryParse(text, out var cidr) ? cidr : throw new ArgumentException("A network in CIDR form.", nameof(filter)) : null;
        var opened = await sessions.ListAsync(actor.TenantId, user, filter, page, filter == SessionFilter.All ? page.Size() : Pages.Opened, cancellationToken);
        var there = await Task.WhenAll(
            opened.Items.Where(row => network is not { } from || (IpNumber.Of(row.Client.Ip) is { } ip && from.Contains(ip))).Select(row => ExactAsync(row, cancellationToken)));
        // A row that is not marked as ended may be of a session that is over.
        return new Page<SessionListing>([.. there], opened.Next).Fitting(
            page.Size(), row => filter.Live is not { } live || live == (row.State == SessionState.Live), row => row.Id.ToString());
    }

    /// <summary>The rows hold nothing of what reports say: that comes from their grains. A row that a crash left without a report is left out.</summary>
    public async Task<Outcome<Page<ReportListing>>> ListVulnerabilityReportsAsync(Actor actor, VulnerabilityReportState? state, PageRequest page, CancellationToken cancellationToken)
    {
        if (!actor.Holds(Permissions.Operate)) return Refusal.NotFound;
        var rows = await reports.ListAsync(state, page, cancellationToken);
        var size = page.Size();
        var found = await Task.WhenAll(rows.Take(size).Select(id => GrainFactory.VulnerabilityReportInternal(id).FindListingAsync(cancellationToken)));
        return new Page<ReportListing>([.. found.OfType<ReportListing>()], rows.Count > size ? rows[size - 1].ToString() : null);
    }

    /// <summary>The table's clocks may be a flush interval old; those of a living session come from its grain.</summary>
    private async Task<SessionListing> ExactAsync(SessionListing row, CancellationToken cancellationToken)
    {
        if (row.State != SessionState.Live) return row;
        var check = await GrainFactory.Session(row.Id).DescribeAsync(cancellationToken);
        return check.View is { } view
            ? row with { LastActivityAt = view.LastActivityAt, IdleExpiresAt = view.IdleExpiresAt }
            : row with { State = check.State, EndedAt = check.State switch
            {
                SessionState.Idle => row.IdleExpiresAt,
                SessionState.Absolute => row.AbsoluteExpiresAt,
                _ => row.EndedAt,
            } };
    }
}
