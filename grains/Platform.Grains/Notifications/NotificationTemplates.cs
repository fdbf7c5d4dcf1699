namespace Platform.Notifications;

/// <summary>Names of the notifications. Names and data keys are contract; texts may change: they lie in <c>Templates/</c>, by language, and a tenant may have its own (decision 112).</summary>
internal static class NotificationTemplates
{
    /// <summary>To a user: somebody failed to sign in repeatedly (row NOTIFY). Data: tenant, username, ip.</summary>
    public const string SignInFailures = "sign_in_failures";

    /// <summary>The same to those who manage the tenant's users.</summary>
    public const string SignInFailuresOfUser = "sign_in_failures_of_user";

    /// <summary>To those who manage a tenant's users, and to the operators: strangers fail at many of its accounts. Data: tenant, network.</summary>
    public const string SignInsSprayed = "sign_ins_sprayed";

    /// <summary>
    /// To a user: somebody has signed in with a device or from a network that was not used lately. Data: tenant, username, device, ip, at, token (ends that session), and link where its base address
    /// is configured.
    /// </summary>
    public const string NewSignIn = "new_sign_in";

    /// <summary>To a user: the password was changed. Data: tenant, username.</summary>
    public const string PasswordChanged = "password_changed";

    /// <summary>To a user who asked for it (row RESET). Data: tenant, username, token, and link where its base address is configured.</summary>
    public const string PasswordReset = "password_reset";

    /// <summary>To addresses that another one has replaced within seven days: a link was sent to that one (row RESET). Data: tenant, username.</summary>
    public const string PasswordResetRequested = "password_reset_requested";

    /// <summary>
    /// To the old address of a user: another one was asked for, or has taken its place. Data: tenant, username, change (requested, confirmed), newEmail (first letter and domain), at, and by (owner,
    /// manager) of a request.
    /// </summary>
    public const string EmailChanged = "email_changed";

    /// <summary>To the new address of a user. Data: tenant, username, token, and link where its base address is configured.</summary>
    public const string EmailConfirmation = "email_confirmation";

    /// <summary>To a user who has no password yet. Data: tenant, username, token, and link where its base address is configured.</summary>
    public const string Invitation = "invitation";

    /// <summary>To the phone of a user who signs in. Data: tenant, code.</summary>
    public const string SignInCode = "sign_in_code";

    /// <summary>To a phone that a user wants to receive codes with. Data: tenant, code.</summary>
    public const string PhoneConfirmation = "phone_confirmation";

    /// <summary>To a user: the password was right, five codes were wrong. Data: tenant, username, ip.</summary>
    public const string SecondFactorFailures = "second_factor_failures";

    /// <summary>To a user: a second factor was set up or replaced. Data: tenant, username, method (totp, sms).</summary>
    public const string SecondFactorEnabled = "second_factor_enabled";

    /// <summary>To a user: a second factor was given up. Data: as above.</summary>
    public const string SecondFactorDisabled = "second_factor_disabled";

    /// <summary>To a user: a manager took all second factors away. Data: tenant, username.</summary>
    public const string SecondFactorsReset = "second_factors_reset";

    /// <summary>To a user. Data: tenant, username.</summary>
    public const string RecoveryCodesReplaced = "recovery_codes_replaced";

    /// <summary>To a user. Data: tenant, username, remaining.</summary>
    public const string RecoveryCodeUsed = "recovery_code_used";

    /// <summary>To those who manage a tenant's users: an operator asks to read its data (row SUPPORT). Data: tenant, operator, ticket, reason, duration, grant.</summary>
    public const string SupportRequested = "support_requested";

    /// <summary>The same where the tenant has waived approvals: the operator may read already. Data: as above.</summary>
    public const string SupportStarted = "support_started";

    /// <summary>The same where the operator could not wait for an approval. Data: as above.</summary>
    public const string SupportBreakGlass = "support_break_glass";

    /// <summary>To those who manage a tenant's users: the proof of a domain is gone (row SEGREGATION). Data: tenant, snippet, domain, txtName, txtValue, fileUrl, fileContent, stops.</summary>
    public const string DomainProofLost = "domain_proof_lost";

    /// <summary>The same when the domain has stopped. Data: as above without stops.</summary>
    public const string DomainStopped = "domain_stopped";

    /// <summary>
    /// To those who manage a tenant's users: API keys are refused, because their sponsor could not make them any more. Data: tenant, keys (ids with blanks between), names, reason (sponsor_deleted,
    /// sponsor_disabled, sponsor_rights_lost).
    /// </summary>
    public const string ApiKeyDormant = "api_key_dormant";

    /// <summary>To those who manage a tenant's users: the tenant is to be deleted. Data: tenant, deletesAt.</summary>
    public const string TenantDeletionRequested = "tenant_deletion_requested";

    /// <summary>The same shortly before. Data: as above.</summary>
    public const string TenantDeletionReminder = "tenant_deletion_reminder";

    /// <summary>To those who manage a tenant's users: the tenant is not to be deleted after all. Data: tenant.</summary>
    public const string TenantDeletionWithdrawn = "tenant_deletion_withdrawn";

    /// <summary>To the reporter of a vulnerability (row VULN). Data: report.</summary>
    public const string VulnerabilityReportReceived = "vulnerability_report_received";

    /// <summary>To the reporter. Data: report, and message where the operator wrote one.</summary>
    public const string VulnerabilityReportAcknowledged = "vulnerability_report_acknowledged";

    /// <summary>To the reporter, also where the date has changed. Data: as above, estimatedFixDate.</summary>
    public const string VulnerabilityReportEstimated = "vulnerability_report_estimated";

    /// <summary>To the reporter. Data: report, message, estimatedFixDate where there was one.</summary>
    public const string VulnerabilityReportFixed = "vulnerability_report_fixed";

    /// <summary>To the reporter. Data: as above.</summary>
    public const string VulnerabilityReportDeclined = "vulnerability_report_declined";

    /// <summary>To the reporter. Data: as above.</summary>
    public const string VulnerabilityReportDuplicate = "vulnerability_report_duplicate";

    /// <summary>To the reporter: an operator has written something. Data: report, message.</summary>
    public const string VulnerabilityReportComment = "vulnerability_report_comment";

    /// <summary>To the operators: a report has come in. Data: report.</summary>
    public const string VulnerabilityReportFiled = "vulnerability_report_filed";

    /// <summary>To the operators: nobody has acknowledged it in two working days. Data: report.</summary>
    public const string VulnerabilityReportUnacknowledged = "vulnerability_report_unacknowledged";

    /// <summary>To the operators: for two intervals no backup was made that could be verified. Data: newest, reason.</summary>
    public const string BackupLate = "backup_late";

    /// <summary>To the operators: its estimate is over. Data: report.</summary>
    public const string VulnerabilityReportOverdue = "vulnerability_report_overdue";
}
