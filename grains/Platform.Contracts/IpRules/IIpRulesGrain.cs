using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Platform.IpRules;

/// <summary>Key: <see cref="TenantId"/>. The addresses from which a tenant's users and API keys may call (row IPRULES); the tenant's grain under another name.</summary>
/// <remarks>All calls need <see cref="Permissions.ManageUsers"/> in the tenant; <see cref="Refusal.NotFound"/> to members of others.</remarks>
[Alias("platform.IIpRulesGrain")]
public interface IIpRulesGrain : IGrainWithStringKey
{
    [Alias("Get"), AlwaysInterleave]
    Task<Outcome<IpRulesView>> GetAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces all rules; they hold for the next validation of every session. Refusals: <see cref="Refusal.InvalidRequest"/> with each fault of
    /// <see cref="IpRuleInput"/>, <see cref="Refusal.EditionRequired"/>, and <see cref="Refusal.WouldLockOutEditor"/> unless forced.
    /// </summary>
    [Alias("Set")]
    Task<Outcome<IpRulesView>> SetAsync(Actor actor, ImmutableArray<IpRuleInput> rules, bool force, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the live sessions that these rules would refuse, each by the address from which it was opened, in order of user and session. Changes nothing.
    /// </summary>
    [Alias("Try"), AlwaysInterleave]
    Task<Outcome<Page<RefusedSession>>> TryAsync(Actor actor, ImmutableArray<IpRuleInput> rules, PageRequest page, CancellationToken cancellationToken);
}

/// <param name="Rules">The stored rules.</param>
/// <param name="InForce">False while the tenant does not have the feature: then nothing is refused.</param>
[GenerateSerializer, Immutable, Alias("platform.IpRulesView")]
public sealed record IpRulesView([property: Id(0)] ImmutableArray<IpRule> Rules, [property: Id(1)] bool InForce);

/// <param name="Id">The session.</param>
/// <param name="UserId">Its user.</param>
/// <param name="Ip">The address from which it was opened; null if that is not known.</param>
[GenerateSerializer, Immutable, Alias("platform.RefusedSession")]
public sealed record RefusedSession([property: Id(0)] SessionId Id, [property: Id(1)] UserId UserId, [property: Id(2)] string? Ip);
