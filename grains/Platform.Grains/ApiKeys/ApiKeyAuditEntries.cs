using Platform.Audit;
using Platform.Users;

namespace Platform.ApiKeys;

/// <summary>Entries for the access log about an API key, written before the change.</summary>
internal static class ApiKeyAuditEntries
{
    private const string PlatformRestored = "platform_restored";
    private const string SponsorDeleted = "sponsor_deleted";
    private const string SponsorDisabled = "sponsor_disabled";
    private const string RightsLost = "sponsor_rights_lost";

    public static AuditEntry Created(Actor actor, StoredApiKey key) => By(
        actor, AuditActions.ApiKeyCreated, key, AuditChanges.List("/scopes", [], ApiKeyScopeNames.ToNames(key.Scopes)), AuditChanges.Time("/expiresAt", null, key.ExpiresAt));

    public static AuditEntry Rotated(Actor actor, StoredApiKey key, TimeSpan overlap) =>
        By(actor, AuditActions.ApiKeyRotated, key, AuditChanges.Secret("/key"), AuditChanges.Duration("/overlap", null, overlap));

    public static AuditEntry Revoked(Actor actor, StoredApiKey key) => By(actor, AuditActions.ApiKeyRevoked, key);

    /// <summary>By the platform, which was restored from a backup.</summary>
    public static AuditEntry RevokedByRestore(StoredApiKey key) => AuditEntry.BySystem(AuditActions.ApiKeyRevoked, PartyOf(key)) with { Reason = PlatformRestored };

    public static AuditEntry TakenOver(Actor actor, StoredApiKey before, StoredApiKey next) =>
        By(actor, AuditActions.ApiKeyTakenOver, next, AuditChanges.Text("/sponsor", before.Sponsor.ToString(), next.Sponsor.ToString()));

    /// <summary>By the platform: what was done to the sponsor stands beside it.</summary>
    public static AuditEntry OfDormancy(StoredApiKey key, SponsorStanding? sponsor) => key.IsDormant
        ? AuditEntry.BySystem(AuditActions.ApiKeyDormant, PartyOf(key)) with { Reason = ReasonOf(sponsor) }
        : AuditEntry.BySystem(AuditActions.ApiKeyResumed, PartyOf(key));

    /// <summary>Why a key is dormant.</summary>
    public static string ReasonOf(SponsorStanding? sponsor) => sponsor?.Status switch
    {
        null => SponsorDeleted,
        UserStatus.Active => RightsLost,
        _ => SponsorDisabled,
    };

    private static AuditEntry By(Actor actor, string action, StoredApiKey key, params ReadOnlySpan<AuditChange?> changes) => AuditEntry.By(actor, action, PartyOf(key), changes);

    private static AuditParty PartyOf(StoredApiKey key) => new(AuditParties.ApiKey, key.Id.ToString(), key.Name);
}
