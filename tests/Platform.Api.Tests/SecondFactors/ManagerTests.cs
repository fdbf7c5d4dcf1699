namespace Platform.Api.Tests.SecondFactors;

/// <summary>What those who manage users can do for a user who lost something, and what not.</summary>
public sealed class ManagerTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task ResetFactors_OfALockedOutUser_EndsSessionsAndNotifiesTheUser()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        var bob = await host.EnrolAsync(await host.NewUserAsync(owner, "bob", "editor"));

        (await ResetAsync(owner, bob.User.Id, owner.Token)).ShouldBe(HttpStatusCode.NoContent);

        (await host.ValidateAsync(bob.User.Token)).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.TrySignInAsync(owner.Slug, "bob", bob.User.Password)).String("status").ShouldBe("signed_in");
        (await ResetAsync(owner, bob.User.Id, owner.Token)).ShouldBeProblem(HttpStatusCode.Conflict, "no_second_factor");
        await OutboxFiles.WaitForAsync(host.Folder, 1, file => file.Template == "second_factors_reset" && file.Data["tenant"] == owner.Slug);
    }

    [Fact]
    [Trait("Threat", "T22")]
    [Trait("Threat", "T44")]
    [Trait("Threat", "T46")]
    public async Task ResetFactorsAndPassword_WhoMayNot_IsRefused()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        var bob = await host.NewUserAsync(owner, "bob", "editor");
        var stranger = await host.NewTwoFactorTenantAsync();
        var made = await host.SendAsync(
            "POST", $"/v1/tenants/{owner.Slug}/users", new { username = "clerk", email = "c@example.com", password = owner.Password, mustChangePassword = false, permissions = new[] { "manage-users", "read" } }, owner.Token);
        made.ShouldBe(HttpStatusCode.Created);
        var clerk = (await host.SignInAsync(owner.Slug, "clerk", owner.Password)).Token;

        foreach (var call in new Func<string, string, Task<Answer>>[] { (id, token) => ResetAsync(owner, id, token), (id, token) => ResetPasswordAsync(owner, id, token) })
        {
            (await call(owner.Id, bob.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
            (await call(owner.Id, clerk)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
            var absent = await call("usr_00000000000000000000000000000000", owner.Token);
            var foreign = await call(stranger.Id, owner.Token);
            absent.ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
            foreign.Comparable.ShouldBe(absent.Comparable);
            (await call(owner.Id, stranger.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        }

        (await ResetAsync(owner, owner.Id, owner.Token)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}/users/{owner.Id}", new { email = "clerk@example.com" }, clerk)).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task ResetPassword_ByAManager_SendsTheLinkToTheUserOnly()
    {
        var owner = await host.NewTwoFactorTenantAsync();
        var bob = await host.EnrolAsync(await host.NewUserAsync(owner, "bob", "editor"));

        (await ResetPasswordAsync(owner, bob.User.Id, owner.Token)).ShouldBe(HttpStatusCode.Accepted).Text.ShouldBeEmpty();

        var sent = (await OutboxFiles.WaitForAsync(host.Folder, 1, file => file.Template == "password_reset" && file.Data["tenant"] == owner.Slug)).Single();
        sent.To.ShouldBe("bob@example.com");
        (await host.ValidateAsync(bob.User.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("POST", "/v1/password/reset", new { token = sent.Data["token"], newPassword = "Amber-Lantern-48" })).ShouldBe(HttpStatusCode.NoContent);
        (await host.TrySignInAsync(owner.Slug, "bob", "Amber-Lantern-48")).String("status").ShouldBe("second_factor_required");

        for (var i = 0; i < 2; i++) (await ResetPasswordAsync(owner, bob.User.Id, owner.Token)).ShouldBe(HttpStatusCode.Accepted);
        (await ResetPasswordAsync(owner, bob.User.Id, owner.Token)).ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_attempts").Header("Retry-After").ShouldBe("3600");
        (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}/users/{bob.User.Id}", new { status = "disabled" }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await ResetPasswordAsync(owner, bob.User.Id, owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("", "user_disabled")]);
    }

    private Task<Answer> ResetAsync(TestUser tenant, string id, string token) => host.SendAsync("DELETE", $"/v1/tenants/{tenant.Slug}/users/{id}/second-factors", token: token);

    private Task<Answer> ResetPasswordAsync(TestUser tenant, string id, string token) => host.SendAsync("POST", $"/v1/tenants/{tenant.Slug}/users/{id}/password-reset", token: token);
}
