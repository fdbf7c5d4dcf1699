using System.Collections.Frozen;
using System.Reflection;

namespace Platform.Audit;

/// <summary>The actions of the access log. Names are for ever.</summary>
public static class AuditActions
{
    public const string SessionSignedIn = "session.signed_in";
    public const string SessionSignInFailed = "session.sign_in_failed";
    public const string SessionSignedOut = "session.signed_out";
    public const string SessionExpired = "session.expired";
    public const string SessionRevoked = "session.revoked";
    public const string SessionRefused = "session.refused";

    public const string UserCreated = "user.created";
    public const string UserUpdated = "user.updated";
    public const string UserDisabled = "user.disabled";
    public const string UserEnabled = "user.enabled";
    public const string UserDeleted = "user.deleted";
    public const string UserPermissionsSet = "user.permissions_set";
    public const string UserPasswordChanged = "user.password_changed";
    public const string UserPasswordResetRequested = "user.password_reset_requested";
    public const string UserPasswordReset = "user.password_reset";
    public const string UserSecondFactorEnabled = "user.second_factor_enabled";
    public const string UserSecondFactorDisabled = "user.second_factor_disabled";
    public const string UserExported = "user.exported";
    public const string UserErased = "user.erased";

    public const string TenantCreated = "tenant.created";
    public const string TenantUpdated = "tenant.updated";
    public const string TenantSessionsRevoked = "tenant.sessions_revoked";
    /// <summary>The platform was restored from a backup: what has happened here between the two times is lost.</summary>
    public const string TenantRestored = "tenant.restored";
    public const string TenantIpRulesSet = "tenant.ip_rules_set";
    public const string TenantExported = "tenant.exported";
    public const string TenantDeletionRequested = "tenant.deletion_requested";
    public const string TenantDeletionWithdrawn = "tenant.deletion_withdrawn";

    /// <summary>Its managers were told too late, because the platform stood still or its clock was wrong.</summary>
    public const string TenantDeletionPostponed = "tenant.deletion_postponed";

    /// <summary>From then on nobody of the tenant gets in, and its data are destroyed.</summary>
    public const string TenantDeletionBegun = "tenant.deletion_begun";

    /// <summary>The last event of a tenant's log, and its mark in the log of the operators' tenant.</summary>
    public const string TenantDeleted = "tenant.deleted";

    /// <summary>Events older than the tenant's retention were dropped from the front of this log.</summary>
    public const string AuditTrimmed = "audit.trimmed";

    /// <summary>Another master key wraps from here on; the former one opens until it is retired. In the log of the operators' tenant.</summary>
    public const string MasterKeyRotated = "master_key.rotated";

    /// <summary>Nothing needs the former master key any more.</summary>
    public const string MasterKeyRetired = "master_key.retired";

    /// <summary>An operator had a backup made beside the schedule. In the log of the operators' tenant.</summary>
    public const string BackupRequested = "backup.requested";

    public const string RoleCreated = "role.created";
    public const string RoleUpdated = "role.updated";
    public const string RoleDeleted = "role.deleted";

    public const string ApiKeyCreated = "api_key.created";
    public const string ApiKeyRotated = "api_key.rotated";
    public const string ApiKeyRevoked = "api_key.revoked";
    public const string ApiKeyTakenOver = "api_key.taken_over";

    /// <summary>The key counts for nobody, because its sponsor is gone, disabled, or lacks a right that its scopes need.</summary>
    public const string ApiKeyDormant = "api_key.dormant";

    /// <summary>A dormant key counts again, because its sponsor has the rights again.</summary>
    public const string ApiKeyResumed = "api_key.resumed";

    public const string ScenarioCreated = "scenario.created";
    public const string ScenarioUpdated = "scenario.updated";
    public const string ScenarioDeleted = "scenario.deleted";
    public const string ScenarioStarted = "scenario.started";
    public const string ScenarioPaused = "scenario.paused";
    public const string ScenarioGrantSet = "scenario.grant_set";

    public const string SnippetCreated = "snippet.created";
    public const string SnippetUpdated = "snippet.updated";
    public const string SnippetDeleted = "snippet.deleted";
    public const string SnippetDomainAdded = "snippet.domain_added";
    public const string SnippetDomainVerified = "snippet.domain_verified";
    public const string SnippetDomainRemoved = "snippet.domain_removed";

    /// <summary>The proof of a verified domain is gone; it works for seven days more.</summary>
    public const string SnippetDomainProofLost = "snippet.domain_proof_lost";

    public const string SnippetDomainProofRestored = "snippet.domain_proof_restored";

    /// <summary>A domain whose proof was gone is pending again.</summary>
    public const string SnippetDomainStopped = "snippet.domain_stopped";
    public const string SnippetPublished = "snippet.published";
    public const string SnippetRolledBack = "snippet.rolled_back";

    public const string NotificationTemplateSet = "notification_template.set";

    /// <summary>The shipped text is in use again.</summary>
    public const string NotificationTemplateReset = "notification_template.reset";

    public const string SupportGranted = "support.granted";
    public const string SupportApproved = "support.approved";
    public const string SupportUsed = "support.used";
    public const string SupportEnded = "support.ended";

    /// <summary>In the log of the operators' tenant, as are those below.</summary>
    public const string VulnerabilityReportReceived = "vulnerability_report.received";
    public const string VulnerabilityReportRead = "vulnerability_report.read";
    public const string VulnerabilityReportStateChanged = "vulnerability_report.state_changed";
    public const string VulnerabilityReportCommented = "vulnerability_report.commented";
    public const string VulnerabilityReportAttachmentRead = "vulnerability_report.attachment_read";
    public const string VulnerabilityReportExported = "vulnerability_report.exported";

    /// <summary>Operators were told that it is not acknowledged, or that its estimate is over.</summary>
    public const string VulnerabilityReportReminded = "vulnerability_report.reminded";

    /// <summary>Its retention is over.</summary>
    public const string VulnerabilityReportRemoved = "vulnerability_report.removed";

    /// <summary>All of the above.</summary>
    public static FrozenSet<string> All { get; } =
        typeof(AuditActions).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).ToFrozenSet(StringComparer.Ordinal);

    /// <param name="change">As a scenario's history names it.</param>
    public static string Scenario(string change) => change switch
    {
        "created" => ScenarioCreated,
        "updated" => ScenarioUpdated,
        "started" => ScenarioStarted,
        "paused" => ScenarioPaused,
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, "No such change."),
    };
}
