using Orleans.Concurrency;

namespace Platform.Tenants;

/// <summary>Key: <see cref="TenantId"/>. Owns one tenant: name, edition, features, session policy, who can manage users.</summary>
[Alias("platform.ITenantGrain")]
public interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>Members with <see cref="Permissions.Read"/> and operators; <see cref="Refusal.NotFound"/> to others.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<Outcome<TenantView>> GetAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>
    /// Members with <see cref="Permissions.ManageUsers"/> change name, session policy, retention, whether a second factor is required and whether operators need approval; operators change edition,
    /// features, status and name. A policy holds for the very next validation of every session; suspending ends them all. Refusals: <see cref="Refusal.NotFound"/>, <see cref="Refusal.Forbidden"/>, <see cref="Refusal.InvalidRequest"/>,
    /// <see cref="Refusal.EditionRequired"/>, <see cref="Refusal.FeatureRequired"/>.
    /// </summary>
    [Alias("Change")]
    Task<Outcome<TenantView>> ChangeAsync(Actor actor, TenantChange change, CancellationToken cancellationToken);

    /// <summary>
    /// The kill switch; <see cref="Permissions.ManageUsers"/>. Every session of the tenant, the actor's too, is refused from the moment this returns; one write,
    /// however many there are. A sign-in that is under way does not slip through.
    /// </summary>
    [Alias("RevokeSessions")]
    Task<Outcome> RevokeSessionsAsync(Actor actor, CancellationToken cancellationToken);
}

/// <summary>Key: <c>tnm_&lt;slug&gt;</c>. Makes a slug unique and finds its tenant.</summary>
[Alias("platform.ITenantNameGrain")]
public interface ITenantNameGrain : IGrainWithStringKey
{
    /// <summary>Null when no tenant has this slug.</summary>
    [Alias("Resolve"), AlwaysInterleave]
    Task<TenantId?> ResolveAsync(CancellationToken cancellationToken);

    /// <summary>
    /// True when the slug is now <paramref name="tenant"/>'s. A claim whose tenant was never made (its maker died in between)
    /// can be taken over after a minute.
    /// </summary>
    [Alias("Claim")]
    Task<bool> ClaimAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Gives the slug back if it is <paramref name="tenant"/>'s.</summary>
    [Alias("Release")]
    Task ReleaseAsync(TenantId tenant, CancellationToken cancellationToken);
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
    /// Makes the platform's own tenant and its first operator, where they do not exist yet. When they do, nothing changes, also not the password. After an answer that
    /// was lost, the same call again says whether it was this one that made them.
    /// </summary>
    /// <param name="id">Which it is to have; new for each first start.</param>
    /// <param name="operatorPassword">Of user <c>operator</c>.</param>
    /// <param name="cancellationToken">Of the call.</param>
    [Alias("EnsurePlatform"), ResponseTimeout(ResponseTimeouts.Hashing)]
    Task<BootstrapResult> EnsurePlatformAsync(TenantId id, string operatorPassword, CancellationToken cancellationToken);
}
