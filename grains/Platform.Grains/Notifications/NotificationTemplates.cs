using System.Collections.Immutable;
using System.Globalization;

namespace Platform.Notifications;

/// <summary>Names of the notifications and their texts. Names and data keys are contract; texts may change.</summary>
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

    /// <summary>To the operators: its estimate is over. Data: report.</summary>
    public const string VulnerabilityReportOverdue = "vulnerability_report_overdue";

    public static string Text(string template, ImmutableSortedDictionary<string, string> data) => template switch
    {
        SignInFailures =>
            $"""
            Somebody tried to sign in as {data["username"]} at {data["tenant"]} and failed at least five times within 15 minutes, last from {data["ip"]}.
            Further attempts are slowed down. If it was not you, nothing needs to be done; change your password if you use it elsewhere.
            """,
        SignInFailuresOfUser =>
            $"""
            Somebody tried to sign in as {data["username"]} at {data["tenant"]} and failed at least five times within 15 minutes, last from {data["ip"]}.
            Further attempts are slowed down. The user was notified, too.
            """,
        SignInsSprayed =>
            $"""
            Somebody tries passwords at many accounts of {data["tenant"]}, last from {data["network"]}: as many attempts failed within 15 minutes as should not.
            Networks from which nobody has signed in lately have three attempts in 15 minutes while it goes on; who signs in from where he did before is not slowed down. The access log tells more.
            """,
        NewSignIn =>
            $"""
            Somebody, probably you, signed in as {data["username"]} at {data["tenant"]} with a device or from a network that was not used lately: {data["device"]}, address {data["ip"]}, {data["at"]}.
            If it was not you, end that session here, and then choose a new password:
            {data.GetValueOrDefault("link") ?? "Code: " + data["token"]}
            """,
        PasswordChanged =>
            $"""
            The password of {data["username"]} at {data["tenant"]} was changed. All other sessions were ended.
            If it was not you, ask those who manage users at {data["tenant"]} for help at once.
            """,
        PasswordReset =>
            $"""
            Somebody, probably you, asked for a new password for {data["username"]} at {data["tenant"]}.
            {data.GetValueOrDefault("link") ?? "Code: " + data["token"]}
            It can be used once within 30 minutes. If it was not you, nothing needs to be done.
            """,
        PasswordResetRequested =>
            $"""
            Somebody asked for a new password for {data["username"]} at {data["tenant"]}. The link went to the address that has replaced this one within the last seven days.
            If you did not change the address, ask those who manage users at {data["tenant"]} for help at once.
            """,
        EmailChanged => data["change"] == "requested"
            ? $"""
            {(data["by"] == "owner" ? "Somebody who is signed in" : "Somebody who manages users")} asked for another e-mail address, {data["newEmail"]}, for {data["username"]} at {data["tenant"]} ({data["at"]}).
            This address counts until the other one is confirmed. If it was not you, change your password, which cancels the change, and ask those who manage users at {data["tenant"]} for help.
            """
            : $"""
            Another e-mail address, {data["newEmail"]}, has taken the place of this one for {data["username"]} at {data["tenant"]} ({data["at"]}).
            If it was not you, ask those who manage users at {data["tenant"]} for help at once.
            """,
        EmailConfirmation =>
            $"""
            Somebody, probably you, wants messages about the account {data["username"]} at {data["tenant"]} to go to this address.
            {data.GetValueOrDefault("link") ?? "Code: " + data["token"]}
            It can be used once within 24 hours. If it was not you, nothing needs to be done.
            """,
        Invitation =>
            $"""
            {data["tenant"]} has made an account for you: {data["username"]}. Choose its password to use it.
            {data.GetValueOrDefault("link") ?? "Code: " + data["token"]}
            It can be used once within seven days. If you know nothing of it, nothing needs to be done.
            """,
        SignInCode => $"{data["code"]} is your code to sign in at {data["tenant"]}. It is good for five minutes. Nobody will ever ask you for it.",
        PhoneConfirmation => $"{data["code"]} confirms this phone at {data["tenant"]}. It is good for five minutes. If it was not you, nothing needs to be done.",
        SecondFactorFailures =>
            $"""
            Somebody signed in as {data["username"]} at {data["tenant"]} with the right password and five wrong codes, last from {data["ip"]}.
            Codes are not accepted for a while. If it was not you, somebody knows your password: change it at once.
            """,
        SecondFactorEnabled =>
            $"""
            A second factor ({data["method"]}) was set up for {data["username"]} at {data["tenant"]}.
            If it was not you, change your password and ask those who manage users at {data["tenant"]} for help at once.
            """,
        SecondFactorDisabled =>
            $"""
            A second factor ({data["method"]}) of {data["username"]} at {data["tenant"]} was given up. All other sessions were ended.
            If it was not you, change your password and ask those who manage users at {data["tenant"]} for help at once.
            """,
        SecondFactorsReset =>
            $"""
            Somebody who manages users at {data["tenant"]} took away all second factors of {data["username"]}. All sessions were ended.
            If you did not ask for it, ask them why.
            """,
        RecoveryCodesReplaced =>
            $"""
            The recovery codes of {data["username"]} at {data["tenant"]} were replaced; the old ones are of no use any more.
            If it was not you, change your password at once.
            """,
        RecoveryCodeUsed =>
            $"""
            A recovery code of {data["username"]} at {data["tenant"]} was used; {data["remaining"]} are left.
            If it was not you, change your password and replace the codes at once.
            """,
        SupportRequested =>
            $"""
            {data["operator"]}, an operator of the platform, asks to read the data of {data["tenant"]} for {data["duration"]}.
            {SupportCase(data)}
            Nothing is shown before somebody who manages users at {data["tenant"]} approves {data["grant"]}. It can also be declined; after 24 hours it lapses.
            """,
        SupportStarted =>
            $"""
            {data["operator"]}, an operator of the platform, may read the data of {data["tenant"]} for {data["duration"]} from now on, because {data["tenant"]} has waived approvals.
            {SupportCase(data)}
            Each read is in your access log. To end it at once, delete {data["grant"]}.
            """,
        SupportBreakGlass =>
            $"""
            Emergency access: {data["operator"]}, an operator of the platform, may read the data of {data["tenant"]} for {data["duration"]} from now on, without your approval.
            {SupportCase(data)}
            Each read is in your access log. To end it at once, delete {data["grant"]}.
            """,
        DomainProofLost =>
            $"""
            The proof that {data["domain"]} belongs to {data["tenant"]} is not there any more. Snippet {data["snippet"]} works on {data["domain"]} until {data["stops"]}; then it stops, and visitors who signed in there are signed out.
            {ProofOf(data)}
            Once it is there again, nothing else needs to be done. If {data["domain"]} is not yours any more, remove it from the snippet.
            """,
        DomainStopped =>
            $"""
            Snippet {data["snippet"]} of {data["tenant"]} has stopped on {data["domain"]}, because the proof that the domain belongs to {data["tenant"]} is gone. Visitors who signed in there were signed out.
            {ProofOf(data)}
            Then verify the domain. If {data["domain"]} is not yours any more, remove it from the snippet.
            """,
        VulnerabilityReportReceived =>
            $"""
            The platform has received the vulnerability report {data["report"]}, and has this address as its contact. It is acknowledged within two working days.
            Its state is shown with the status token that the sender was given. If you have sent no report, nothing needs to be done.
            """,
        VulnerabilityReportAcknowledged => AboutReport(data, "Your vulnerability report {0} is acknowledged: somebody is working on it. Next comes an estimate."),
        VulnerabilityReportEstimated => AboutReport(data, "The vulnerability of your report {0} is to be fixed by {1}."),
        VulnerabilityReportFixed => AboutReport(data, "The vulnerability of your report {0} is fixed. Thank you."),
        VulnerabilityReportDeclined => AboutReport(data, "Your vulnerability report {0} is closed without a fix."),
        VulnerabilityReportDuplicate => AboutReport(data, "Your vulnerability report {0} is closed, because the vulnerability had been reported before."),
        VulnerabilityReportComment => AboutReport(data, "There is a message about your vulnerability report {0}."),
        VulnerabilityReportFiled =>
            $"""
            A vulnerability report has come in: {data["report"]}. Read it with GET /v1/operator/vulnerability-reports/{data["report"]}, and acknowledge it within two working days.
            It comes from a stranger: do not open its attachments on a machine that matters.
            """,
        VulnerabilityReportUnacknowledged =>
            $"""
            Nobody has acknowledged the vulnerability report {data["report"]} in two working days, which is what its reporter was promised.
            Acknowledge it, or close it with a reason: PATCH /v1/operator/vulnerability-reports/{data["report"]}.
            """,
        VulnerabilityReportOverdue =>
            $"""
            The vulnerability report {data["report"]} is not closed, and the day of its estimate is over.
            Close it, or give its reporter another date: PATCH /v1/operator/vulnerability-reports/{data["report"]}.
            """,
        _ => throw new ArgumentOutOfRangeException(nameof(template), template, "There is no such template."),
    };

    private static string ProofOf(ImmutableSortedDictionary<string, string> data) =>
        $"Publish the TXT record {data["txtName"]} with {data["txtValue"]}, or {data["fileUrl"]} with the line {data["fileContent"]}.";

    /// <param name="data">Of the notification.</param>
    /// <param name="sentence">With places for the id and the date.</param>
    private static string AboutReport(ImmutableSortedDictionary<string, string> data, string sentence)
    {
        var text = string.Format(CultureInfo.InvariantCulture, sentence, data["report"], data.GetValueOrDefault("estimatedFixDate"));
        return data.GetValueOrDefault("message") is { } message ? $"{text}\n\n{message}" : text;
    }

    private static string SupportCase(ImmutableSortedDictionary<string, string> data) => $"Ticket: {data["ticket"]}. Reason: {data["reason"]}";
}
