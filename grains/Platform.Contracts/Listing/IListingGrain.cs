using Platform.Deletion;
using Platform.Scenarios;
using Platform.Sessions;
using Platform.Snippets;
using Platform.Tenants;
using Platform.Users;
using Platform.VulnerabilityReports;

namespace Platform.Listing;

/// <summary>Lists for people (key <c>directory_</c>, stateless), from plain tables by keyset page.</summary>
[Alias("platform.IDirectoryGrain")]
public interface IListingGrain : IGrainWithStringKey
{
    /// <summary><see cref="Permissions.Operate"/>; by slug. <paramref name="search"/> matches the beginning of slug or name.</summary>
    [Alias("ListTenants")]
    Task<Outcome<Page<TenantView>>> ListTenantsAsync(Actor actor, string? search, PageRequest page, CancellationToken cancellationToken);

    /// <summary>
    /// Members of the tenant with <see cref="Permissions.Read"/>, with <see cref="Permissions.ManageUsers"/> where the filter asks for it; in order of creation. With
    /// <see cref="UserFilter.Search"/> a page may hold fewer than it could, even none, and have a next one. <see cref="Refusal.InvalidRequest"/> for a role that the tenant does not have.
    /// </summary>
    [Alias("SearchUsers")]
    Task<Outcome<Page<UserView>>> ListUsersAsync(Actor actor, TenantId tenant, UserFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>
    /// Members of the tenant with <see cref="Permissions.ManageUsers"/>; changes nothing. <see cref="Refusal.FeatureRequired"/> where the tenant could not require a second factor.
    /// </summary>
    [Alias("TrySecondFactor")]
    Task<Outcome<SecondFactorDryRun>> TrySecondFactorAsync(Actor actor, TenantId tenant, CancellationToken cancellationToken);

    /// <summary>
    /// Members; newest first. The list leaves out scenarios that a grant hides from the actor. <see cref="Refusal.Forbidden"/> to members to whom neither the tenant-wide level nor any grant
    /// gives <see cref="Permissions.Read"/>. With <see cref="ScenarioFilter.Search"/> a page may hold fewer than it could, even none, and have a next one.
    /// </summary>
    [Alias("SearchScenarios")]
    Task<Outcome<Page<ScenarioListing>>> ListScenariosAsync(Actor actor, TenantId tenant, ScenarioFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Members with <see cref="Permissions.Read"/>; the primary one first, then in order of creation.</summary>
    [Alias("ListSnippets")]
    Task<Outcome<Page<SnippetView>>> ListSnippetsAsync(Actor actor, TenantId tenant, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Self, or members with <see cref="Permissions.ManageUsers"/>; newest first, ended ones with their reason while they are kept. With a filter a page may hold fewer than it could, even none, and have a next one.</summary>
    [Alias("SearchSessions")]
    Task<Outcome<Page<SessionListing>>> ListSessionsAsync(Actor actor, UserId user, SessionFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary><see cref="Permissions.Operate"/>; by tenant, the one that was made last first.</summary>
    [Alias("ListTenantDeletions")]
    Task<Outcome<Page<TenantDeletionView>>> ListTenantDeletionsAsync(Actor actor, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Operators with a proven second factor; newest first. <paramref name="state"/>: only those in this state.</summary>
    [Alias("ListVulnerabilityReports")]
    Task<Outcome<Page<ReportListing>>> ListVulnerabilityReportsAsync(Actor actor, VulnerabilityReportState? state, PageRequest page, CancellationToken cancellationToken);
}
