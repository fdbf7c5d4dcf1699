using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Platform.Api.ApiKeys;
using Platform.Api.IpRules;
using Platform.Api.Notifications;
using Platform.Api.Scenarios;
using Platform.Api.SecondFactors;
using Platform.Api.Sessions;
using Platform.Api.SignIn;
using Platform.Api.Snippets;
using Platform.Api.Support;
using Platform.Api.Tenants;
using Platform.Api.Users;
using Platform.Api.VulnerabilityReports;

namespace Platform.Api.Docs;

/// <summary>One example body per call, and an example of each good answer in JSON, made from its schema.</summary>
internal static class Examples
{
    public const string Token = "AbC…";
    public const string Time = "2030-01-31T12:00:00Z";
    public const string Snippet = "snp_8fk2m4q7w9z3x6c1v5b8n0a2";
    public const string Hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    private static readonly Dictionary<Type, string> Bodies = new()
    {
        [typeof(SignInBody)] = """{ "tenant": "acme", "username": "alice", "password": "correct-Horse-7-battery", "transport": "cookie" }""",
        [typeof(SecondFactorBody)] = """{ "challenge": "AbC…", "method": "totp", "code": "123456" }""",
        [typeof(NewPasswordBody)] = """{ "challenge": "AbC…", "newPassword": "Staple-9-under-the-tree" }""",
        [typeof(ChallengeBody)] = """{ "challenge": "AbC…" }""",
        [typeof(CodeBody)] = """{ "code": "123456" }""",
        [typeof(PhoneBody)] = """{ "phoneNumber": "+4915112345678" }""",
        [typeof(FactorRemovalBody)] = """{ "password": "correct-Horse-7-battery", "code": "123456" }""",
        [typeof(PasswordChangeBody)] = """{ "currentPassword": "correct-Horse-7-battery", "newPassword": "Staple-9-under-the-tree" }""",
        [typeof(EmailChangeBody)] = """{ "email": "alice@acme.example", "password": "correct-Horse-7-battery" }""",
        [typeof(EmailConfirmationBody)] = """{ "token": "AbC…" }""",
        [typeof(InvitationAcceptanceBody)] = """{ "token": "AbC…", "password": "Staple-9-under-the-tree" }""",
        [typeof(SessionEndBody)] = """{ "token": "AbC…" }""",
        [typeof(ForgotPasswordBody)] = """{ "tenant": "acme", "username": "alice" }""",
        [typeof(ResetPasswordBody)] = """{ "token": "AbC…", "newPassword": "Staple-9-under-the-tree" }""",
        [typeof(NewTenantBody)] = """
            { "slug": "acme", "name": "Acme", "edition": "standard",
              "admin": { "username": "alice", "email": "alice@acme.example", "password": "correct-Horse-7-battery" } }
            """,
        [typeof(OperatorTenantChangeBody)] = """{ "edition": "enterprise", "features": { "ipRules": true }, "status": "active" }""",
        [typeof(TenantChangeBody)] = """{ "name": "Acme", "sessionPolicy": { "idleTimeout": "PT15M", "absoluteTimeout": "PT8H" }, "requireSecondFactor": true, "supportApproval": true, "retention": { "accessLog": "P365D", "endedSessions": "P30D" }, "language": "en" }""",
        [typeof(NotificationTemplateDraftBody)] = """{ "subject": "{{ tenantName }}: choose a new password", "text": "Hello {{ username }},\n\n{% if link %}{{ link }}{% else %}Code: {{ token }}{% endif %}" }""",
        [typeof(NewIpRulesBody)] = """{ "rules": [{ "cidr": "192.0.2.0/24", "action": "allow", "appliesTo": "all" }] }""",
        [typeof(ScenarioDraftBody)] = """{ "name": "Spring sale", "kind": "personalization", "content": { "headline": "Welcome back" } }""",
        [typeof(NewCommentBody)] = """{ "text": "Ready for Monday." }""",
        [typeof(NewRoleBody)] = """{ "name": "analyst", "permissions": ["read", "collaborate"] }""",
        [typeof(NewUserBody)] = """{ "username": "bob", "email": "bob@acme.example", "role": "editor" }""",
        [typeof(UserChangeBody)] = """{ "status": "disabled" }""",
        [typeof(NewApiKeyBody)] = """{ "name": "Shop back end", "scopes": ["introspect"] }""",
        [typeof(ApiKeyRotationBody)] = """{ "overlap": "P1D" }""",
        [typeof(NewSupportGrantBody)] = """{ "reason": "The list of users stays empty", "ticket": "SUP-1042", "duration": "PT1H", "breakGlass": false }""",
        [typeof(NewSnippetBody)] = """{ "name": "Shop" }""",
        [typeof(SnippetChangeBody)] = """{ "name": "Shop", "settings": { "warnBefore": "PT5M", "touchEvery": "PT1M" } }""",
        [typeof(PageSignInBody)] = """{ "username": "alice", "password": "correct-Horse-7-battery", "transport": "cookie" }""",
        [typeof(TokensBody)] = """{ "tokens": ["AbC…", "DeF…"] }""",
        [typeof(NewVulnerabilityReportBody)] = """
            { "title": "Users of other tenants are listed", "description": "The list of users ignores the tenant.", "steps": "1. Sign in to a trial tenant. 2. List its users.",
              "affected": "GET /v1/tenants/{tenant}/users", "severity": "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:N", "contact": "ada@example.com",
              "attachments": [{ "name": "answer.json", "content": "eyJpdGVtcyI6W119" }] }
            """,
        [typeof(ReportTransitionBody)] = """{ "state": "acknowledged", "message": "Thank you. We are looking into it." }""",
        [typeof(NewReportCommentBody)] = """{ "text": "Seen in the access log, too.", "toReporter": false }""",
        [typeof(PermissionsBody)] = """{ "permissions": ["read", "edit"] }""",
    };

    /// <summary>Names of our own closed forms for ids: a prefix and 32 digits.</summary>
    public static string IdOf(string prefix) => prefix + "0192f3a4b5c67d8e9fa0b1c2d3e4f506";

    public static JsonNode? Of(Type body) => Bodies.TryGetValue(body, out var json) ? JsonNode.Parse(json) : null;

    public static void AddAnswers(OpenApiOperation operation)
    {
        foreach (var response in operation.Responses!.Values.OfType<OpenApiResponse>())
        {
            if (response.Content?.TryGetValue("application/json", out var json) == true && json.Schema is { } schema) json.Example = SchemaExample.Of(schema);
        }
    }
}
