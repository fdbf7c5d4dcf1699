namespace Platform.Security;

/// <summary>For whom a password is hashed: what the turns of <see cref="HashingTurns{T}"/> are shared out by.</summary>
/// <param name="IsKnown">The account has let this network in before, or the call comes with a proof of its own: a session, a link.</param>
/// <param name="Tenant">Whose account it is, or would be.</param>
/// <param name="Network">As wide as one party may have it whole.</param>
internal readonly record struct HashingCaller(bool IsKnown, string Tenant, string Network);
