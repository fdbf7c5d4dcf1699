namespace Platform.Api.Tests.Users;

public sealed class PasswordResetTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string NewPassword = "Amber-Lantern-48";

    [Fact]
    public async Task Reset_WithTheTokenOfTheMessage_SetsThePasswordOnceAndEndsSessions()
    {
        var owner = await host.NewTenantAsync();
        (await ForgotAsync(owner.Slug, "owner")).ShouldBe(HttpStatusCode.Accepted).Text.ShouldBeEmpty();
        var token = await TokenAsync(owner.Slug);

        (await ResetAsync(token, "weak")).ShouldBeProblem(HttpStatusCode.BadRequest, "password_policy").Errors.ShouldContain(("/newPassword", "too_short"));
        (await ResetAsync(token, NewPassword)).ShouldBe(HttpStatusCode.NoContent);

        (await ResetAsync(token, NewPassword)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        await host.SignInAsync(owner.Slug, "owner", NewPassword);
    }

    [Fact]
    [Trait("Threat", "T1")]
    public async Task Forgot_UnknownAccounts_AnswersAsForKnownOnes()
    {
        var owner = await host.NewTenantAsync();
        foreach (var (tenant, username) in new[] { (owner.Slug, "owner"), (owner.Slug, "nobody"), ("no-such-tenant", "owner"), ("NOT A SLUG", "\u0000") })
        {
            var answer = await ForgotAsync(tenant, username);
            answer.ShouldBe(HttpStatusCode.Accepted);
            answer.Text.ShouldBeEmpty();
        }
    }

    [Fact]
    [Trait("Threat", "T26")]
    public async Task Reset_TokensOfOtherKindsAndForgedOnes_AreRefusedAlike()
    {
        var owner = await host.NewTenantAsync();
        foreach (var token in new[] { owner.Token, owner.Id, "x", new string('A', 102), "" })
        {
            (await ResetAsync(token, NewPassword)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_token");
        }

        (await host.SendAsync("POST", "/v1/password/reset", new { token = "x" })).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    private Task<Answer> ForgotAsync(string tenant, string username) => host.SendAsync("POST", "/v1/password/forgot", new { tenant, username });

    private Task<Answer> ResetAsync(string token, string newPassword) => host.SendAsync("POST", "/v1/password/reset", new { token, newPassword });

    private async Task<string> TokenAsync(string slug)
    {
        var files = await OutboxFiles.WaitForAsync(host.Folder, 1, file => file.Template == "password_reset" && file.Data["tenant"] == slug);
        return files[^1].Data["token"];
    }
}
