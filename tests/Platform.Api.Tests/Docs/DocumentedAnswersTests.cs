namespace Platform.Api.Tests.Docs;

/// <summary>What hosts answer is what the OpenAPI document says, for the walk of a tenant's day and for refusals.</summary>
public sealed class DocumentedAnswersTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task Answers_OfADay_FitTheDocument()
    {
        var owner = await host.NewTenantAsync();
        (await host.ChangeTenantAsync(owner.Slug, new { edition = "enterprise", features = new { twoFactor = true, ipRules = true } })).ShouldBe(HttpStatusCode.OK);
        var lisa = await host.NewUserAsync(owner, "lisa", "editor");
        var key = await host.NewKeyAsync(owner, "introspect");
        var tenant = $"/v1/tenants/{owner.Slug}";
        var scenario = (await host.SendAsync("POST", $"{tenant}/scenarios", new { name = "Sale", kind = "scenario", content = new { a = 1 } }, owner.Token)).ShouldBe(HttpStatusCode.Created).String("id");
        (string Method, string Path, object? Body, string? Token)[] calls =
        [
            ("GET", "/readyz", null, null), ("GET", "/livez", null, null), ("GET", "/.well-known/oauth-authorization-server", null, null), ("GET", "/docs", null, null),
            ("POST", "/v1/sign-in", new { tenant = owner.Slug, username = "lisa", password = lisa.Password, transport = "token" }, null),
            ("POST", "/v1/sign-in", new { tenant = owner.Slug, username = "lisa", password = "wrong" }, null),
            ("POST", "/v1/sign-in", new { tenant = owner.Slug, usrname = "lisa" }, null),
            ("GET", "/v1/session", null, lisa.Token), ("POST", "/v1/session/touch", null, lisa.Token), ("POST", "/v1/session/validate", null, lisa.Token), ("GET", "/v1/session", null, "x"),
            ("GET", "/v1/me", null, lisa.Token), ("GET", "/v1/me/sessions", null, lisa.Token), ("GET", "/v1/me/security-events", null, lisa.Token), ("POST", "/v1/me/totp", null, lisa.Token),
            ("GET", "/v1/operator/tenants", null, await host.OperatorTokenAsync()), ("GET", $"/v1/operator/tenants/{owner.Slug}", null, await host.OperatorTokenAsync()),
            ("GET", tenant, null, owner.Token), ("PATCH", tenant, new { name = "N" }, owner.Token), ("PATCH", tenant, new { nmae = "N" }, owner.Token), ("PATCH", tenant, new { name = "N" }, lisa.Token), ("GET", "/v1/tenants/nobody-here", null, owner.Token),
            ("GET", $"{tenant}/users", null, owner.Token), ("GET", $"{tenant}/users", null, lisa.Token), ("GET", $"{tenant}/users/{lisa.Id}", null, owner.Token), ("GET", $"{tenant}/users/{lisa.Id}", null, lisa.Token),
            ("GET", $"{tenant}/users/{lisa.Id}/sessions", null, owner.Token), ("POST", $"{tenant}/users", new { username = "bob", email = "bob@example.com", password = owner.Password, role = "viewer" }, owner.Token),
            ("GET", $"{tenant}/roles", null, owner.Token), ("POST", $"{tenant}/roles", new { name = "analyst", permissions = new[] { "read" } }, owner.Token),
            ("GET", $"{tenant}/ip-rules", null, owner.Token), ("POST", $"{tenant}/ip-rules/dry-run", new { rules = new[] { new { cidr = "192.0.2.0/24", action = "deny", appliesTo = "all" } } }, owner.Token),
            ("GET", $"{tenant}/api-keys", null, owner.Token), ("POST", $"{tenant}/api-keys", new { name = "K", scopes = new[] { "read" } }, owner.Token),
            ("POST", "/v1/introspect/batch", new { tokens = new[] { lisa.Token, "x" } }, key.Text),
            ("GET", $"{tenant}/scenarios", null, owner.Token), ("GET", $"{tenant}/scenarios/{scenario}", null, owner.Token), ("POST", $"{tenant}/scenarios/{scenario}/start", null, owner.Token),
            ("GET", $"{tenant}/scenarios/{scenario}/history", null, owner.Token), ("POST", $"{tenant}/scenarios/{scenario}/comments", new { text = "Good." }, owner.Token), ("GET", $"{tenant}/scenarios/{scenario}/comments", null, owner.Token),
            ("GET", $"{tenant}/scenarios/{scenario}/grants", null, owner.Token), ("GET", $"{tenant}/snippets", null, owner.Token), ("GET", $"{tenant}/support-grants", null, owner.Token),
            ("GET", $"{tenant}/audit-events", null, owner.Token), ("GET", $"{tenant}/audit-events/verify", null, owner.Token), ("GET", $"{tenant}/audit-events/checkpoints", null, owner.Token),
            ("GET", $"{tenant}/erasures", null, owner.Token), ("GET", "/v1/operator/vulnerability-reports", null, await host.OperatorTokenAsync()),
            ("POST", "/v1/vulnerability-reports", new { title = "T", description = "D" }, null), ("POST", $"{tenant}/users/{lisa.Id}/export", null, owner.Token), ("DELETE", $"{tenant}/users/{lisa.Id}/sessions", null, owner.Token),
            ("POST", "/v1/password/forgot", new { tenant = owner.Slug, username = "lisa" }, null), ("GET", $"{tenant}/export", null, owner.Token), ("POST", "/v1/sign-out", null, owner.Token),
            ("DELETE", $"/v1/operator/tenants/{owner.Slug}", null, await host.OperatorTokenAsync()), ("DELETE", "/v1/operator/tenants/platform", null, await host.OperatorTokenAsync()), ("GET", tenant, null, lisa.Token),
            ("GET", $"/v1/operator/tenant-deletions/{owner.TenantId}", null, await host.OperatorTokenAsync()), ("GET", "/v1/operator/tenant-deletions", null, await host.OperatorTokenAsync()),
            ("GET", "/v1/operator/backups", null, await host.OperatorTokenAsync()), ("POST", "/v1/operator/backups", null, await host.OperatorTokenAsync()), ("GET", "/v1/operator/backups", null, lisa.Token),
            ("PATCH", $"/v1/operator/tenants/{owner.Slug}", new { deletesAt = (string?)null }, await host.OperatorTokenAsync()), ("PATCH", $"/v1/operator/tenants/{owner.Slug}", new { deletesAt = "tomorrow" }, await host.OperatorTokenAsync()),
        ];
        var document = await DocumentedAnswers.ReadAsync(host);
        var faults = new List<string>();
        foreach (var (method, path, body, token) in calls) faults.AddRange(document.FaultsOf(method, path, await host.SendAsync(method, path, body, token)));

        faults.ShouldBeEmpty();
    }
}
