using System.Collections.Immutable;
using Platform.Clocks;
using Platform.SecondFactors;

namespace Platform.Sessions;

/// <summary>What a session is when it opens, and what a change makes of it. Pure: nothing counts before it is written.</summary>
internal static class SessionRules
{
    public static StoredSession Open(NewSession session, DateTimeOffset now) => new()
    {
        TenantId = session.TenantId,
        UserId = session.UserId,
        SecretHash = session.SecretHash,
        IdleTimeout = session.Policy.IdleTimeout,
        AbsoluteTimeout = session.Policy.AbsoluteTimeout,
        CreatedAt = now,
        AuthenticationMethods = session.AuthenticationMethods,
        TenantEpoch = session.TenantEpoch,
        Scope = session.Scope,
        SecondFactorAt = session.SecondFactorAt,
        Page = session.Page,
    };

    /// <param name="stored">A live session.</param>
    /// <param name="method">How the factor was proven, RFC 8176.</param>
    /// <param name="newSecretHash">Of the secret that it gets where its rights grow; null: it keeps its own.</param>
    /// <param name="now">The time of the proof.</param>
    public static StoredSession WithFactor(StoredSession stored, string method, ImmutableArray<byte>? newSecretHash, DateTimeOffset now) => stored with
    {
        Scope = SessionScope.Full,
        SecondFactorAt = now,
        AuthenticationMethods = stored.AuthenticationMethods.Contains(method) ? stored.AuthenticationMethods : stored.AuthenticationMethods.Add(method),
        SecretHash = newSecretHash ?? stored.SecretHash,
    };

    /// <summary>
    /// A session that was opened under a clock ahead of this one lasts as if it were opened now, and its sign-in does not count as fresh: nobody knows how long ago it was.
    /// </summary>
    public static StoredSession AsOf(StoredSession stored, DateTimeOffset now)
    {
        if (!StoredTime.IsAhead(stored.CreatedAt, now)) return stored;
        var notFresh = now - SecondFactorRules.Freshness - TimeSpan.FromSeconds(1);
        return stored with { CreatedAt = notFresh, SecondFactorAt = stored.SecondFactorAt is null ? null : notFresh };
    }
}
