using Orleans.Concurrency;

namespace Platform.Tenants;

/// <summary>Key: <see cref="TenantId"/>. Owns one tenant: name, edition, features, session policy, who can manage users.</summary>
[Alias("platform.ITenantGrain")]
public interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>Members with <see cref="Permissions.Read"/> and operators; <see cref="Refusal.NotFound"/> to others.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<Outcome<TenantView>> GetAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>Whether the tenant is addressed by this slug.</summary>
    [Alias("HasSlug"), AlwaysInterleave]
    Task<bool> HasSlugAsync(string slug, CancellationToken cancellationToken);

    /// <summary>
    /// Members with <see cref="Permissions.ManageUsers"/> change name, session policy, retention, whether a second factor is required and whether operators need approval; operators change edition,
    /// features, status and name, and take a deletion back. A policy holds for the next validation of every session; suspending the tenant ends all sessions. Refusals: <see cref="Refusal.NotFound"/>, <see cref="Refusal.Forbidden"/>, <see cref="Refusal.InvalidRequest"/>,
    /// <see cref="Refusal.EditionRequired"/>, <see cref="Refusal.FeatureRequired"/>, <see cref="Refusal.TenantDeleting"/>.
    /// </summary>
    [Alias("Change")]
    Task<Outcome<TenantView>> ChangeAsync(Actor actor, TenantChange change, CancellationToken cancellationToken);

    /// <summary>
    /// Ends all sessions of the tenant; <see cref="Permissions.ManageUsers"/>. From the moment this returns the platform refuses every one of them, the actor's too; one write,
    /// however many there are. A sign-in that is under way does not slip through.
    /// </summary>
    [Alias("RevokeSessions")]
    Task<Outcome> RevokeSessionsAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>Before everything of the tenant is exported; <see cref="Permissions.ManageUsers"/> and <see cref="Permissions.Read"/>. The entry is on disk in the access log when it returns.</summary>
    [Alias("BeginExport"), AlwaysInterleave]
    Task<Outcome<TenantView>> BeginExportAsync(Actor actor, CancellationToken cancellationToken);
}

/// <summary>Key: <c>tnm_&lt;slug&gt;</c>. Makes a slug unique and finds its tenant.</summary>
[Alias("platform.ITenantNameGrain")]
public interface ITenantNameGrain : IGrainWithStringKey
{
    /// <summary>Null when no tenant has this slug.</summary>
    [Alias("Resolve"), AlwaysInterleave]
    Task<TenantId?> ResolveAsync(CancellationToken cancellationToken);

    /// <summary>
    /// True when the slug is now <paramref name="tenant"/>'s. Another creation can take over a claim after a minute
    /// if its tenant was never made (its maker died in between).
    /// </summary>
    [Alias("Claim")]
    Task<bool> ClaimAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Gives the slug back if it is <paramref name="tenant"/>'s.</summary>
    [Alias("Release")]
    Task ReleaseAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>The tenant is deleted: from now on the slug leads to no tenant, and no other one gets it. Only where it is <paramref name="tenant"/>'s.</summary>
    [Alias("Retire")]
    Task RetireAsync(TenantId tenant, CancellationToken cancellationToken);
}

/// <summary>Creates tenants (key <c>registration_</c>, stateless).</summary>
[Alias("platform.ITenantRegistrationGrain")]
public interface ITenantRegistrationGrain : IGrainWithStringKey
{
    /// <summary><see cref="Permissions.Operate"/>. Refusals: <see cref="Refusal.Forbidden"/>, <see cref="Refusal.InvalidRequest"/>,
    /// <see cref="Refusal.PasswordPolicy"/>, <see cref="Refusal.SlugTaken"/>, <see cref="Refusal.Busy"/>.</summary>
    [Alias("Create"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<Outcome<TenantView>> CreateAsync(Actor actor, NewTenant tenant, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the platform's own tenant and its first operator, if they do not exist yet. If they do, nothing changes, not even the password. After a lost
    /// answer, repeat the call: it says whether it was this call that made them.
    /// </summary>
    /// <param name="id">The id of the tenant; new for each first start.</param>
    /// <param name="operatorPassword">The password of user <c>operator</c>.</param>
    [Alias("EnsurePlatform"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<BootstrapResult> EnsurePlatformAsync(TenantId id, string operatorPassword, CancellationToken cancellationToken);
}
