using System.Collections.Immutable;
using Platform.Snippets;

namespace Platform.Sessions;

/// <summary>What of a session never changes in a record: where its secret, scope or factors change, the grain makes a new one. Immutable; the grain's stored state itself.</summary>
public interface ISessionOrigin
{
    TenantId TenantId { get; }

    UserId UserId { get; }

    /// <summary>SHA-256 of the secret.</summary>
    ImmutableArray<byte> SecretHash { get; }

    /// <summary>As promised at sign-in.</summary>
    TimeSpan AbsoluteTimeout { get; }

    DateTimeOffset CreatedAt { get; }

    /// <inheritdoc cref="SessionView.AuthenticationMethods"/>
    ImmutableArray<string> AuthenticationMethods { get; }

    /// <inheritdoc cref="Tenants.TenantPolicySnapshot.Epoch"/>
    int TenantEpoch { get; }

    SessionScope Scope { get; }

    /// <inheritdoc cref="SessionView.SecondFactorAt"/>
    DateTimeOffset? SecondFactorAt { get; }

    /// <inheritdoc cref="SessionView.Page"/>
    PageOrigin? Page { get; }
}
