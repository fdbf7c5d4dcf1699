namespace Platform.Api.Tests.Users;

/// <summary>Whoever may manage users still does nothing to an account that holds what they lack (finding S22): one rule for every call on another one's account.</summary>
public sealed class LesserManagerTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact, Trait("Threat", "T46")]
    public async Task Act_OnAnAccountThatHoldsMore_IsForbiddenAndChangesNothing()
    {
        var owner = await host.NewTenantAsync();
        var users = $"/v1/tenants/{owner.Slug}/users";
        (await host.SendAsync("POST", users, new { username = "clerk", email = "clerk@example.com", password = ApiCalls.Password, mustChangePassword = false, permissions = new[] { "read", "manage-users" } }, owner.Token)).ShouldBe(HttpStatusCode.Created);
        var clerk = (await host.SignInAsync(owner.Slug, "clerk")).Token;
        var viewer = await host.NewUserAsync(owner, "viewer", "viewer");
        var before = (await host.SendAsync("GET", $"{users}/{owner.Id}", token: owner.Token)).Text;

        (string Method, string Path, object? Body)[] acts =
        [
            ("PATCH", "", new { status = "disabled" }), ("PATCH", "", new { email = "clerk@example.com" }), ("PATCH", "", new { role = "viewer" }), ("DELETE", "", null),
            ("PUT", "/permissions", new { permissions = new[] { "read", "manage-users" } }), ("DELETE", "/sessions", null), ("POST", "/password-reset", null), ("DELETE", "/second-factors", null),
            ("POST", "/export", null), ("POST", "/erase", null),
        ];
        foreach (var (method, path, body) in acts)
        {
            (await host.SendAsync(method, $"{users}/{owner.Id}{path}", body, clerk)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        }

        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("GET", $"{users}/{owner.Id}", token: owner.Token)).Text.ShouldBe(before);
        (await host.SendAsync("DELETE", $"{users}/{viewer.Id}/sessions", token: clerk)).ShouldBe(HttpStatusCode.NoContent);
        (await host.ValidateAsync(viewer.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.SendAsync("DELETE", "/v1/me/sessions?include=current", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
    }
}
