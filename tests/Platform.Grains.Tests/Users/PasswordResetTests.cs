using Platform.Grains.Tests.Hosting;
using Platform.Security;
using Platform.Sessions;
using Platform.Users;

namespace Platform.Grains.Tests.Users;

public sealed class PasswordResetTests
{
    private const string NewPassword = "Loud-Mountain-92";

    [Fact, Trait("Threat", "T24")]
    public async Task Reset_OneLinkFiftyTimesAtOnce_WorksOnceAndEndsEverySession()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        var (session, hash) = await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        var token = await ForgotAsync(silo, tenant.Slug, 1);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ResetAsync(silo, token, NewPassword)));
        outcomes.Count(o => o.Succeeded).ShouldBe(1);
        outcomes.Count(o => o.Refusal == Refusal.InvalidToken).ShouldBe(49);
        (await silo.PeekAsync(session!.Id, hash)).ShouldBe(SessionState.PasswordChanged);
        (await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword)).Session.ShouldBeNull();
        (await silo.SignInAsync(tenant.Slug, "owner", NewPassword)).Session.ShouldNotBeNull();
    }

    [Fact, Trait("Threat", "T25")]
    public async Task Reset_OlderLink_IsCancelledByTheNewerOneByASignInAndByAPasswordChange()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        var older = await ForgotAsync(silo, tenant.Slug, 1);
        var newer = await ForgotAsync(silo, tenant.Slug, 2);
        (await ResetAsync(silo, older, NewPassword)).Refusal.ShouldBe(Refusal.InvalidToken);
        await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        (await ResetAsync(silo, newer, NewPassword)).Refusal.ShouldBe(Refusal.InvalidToken);
        var third = await ForgotAsync(silo, tenant.Slug, 3);
        (await ResetAsync(silo, third, NewPassword)).Succeeded.ShouldBeTrue();
    }

    [Fact, Trait("Threat", "T26")]
    public async Task Reset_AfterThirtyMinutes_IsRefused()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        var token = await ForgotAsync(silo, tenant.Slug, 1);
        silo.Time.Advance(TimeSpan.FromMinutes(30));
        (await ResetAsync(silo, token, NewPassword)).Refusal.ShouldBe(Refusal.InvalidToken);
    }

    [Fact]
    public async Task Reset_WeakPassword_NamesTheRulesAndKeepsTheLink()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        var token = await ForgotAsync(silo, tenant.Slug, 1);
        var weak = await ResetAsync(silo, token, "weak");
        weak.Refusal.ShouldBe(Refusal.PasswordPolicy);
        weak.Errors.ShouldAllBe(e => e.Pointer == "/newPassword");
        (await ResetAsync(silo, token, NewPassword)).Succeeded.ShouldBeTrue();
    }

    [Fact, Trait("Threat", "T3")]
    public async Task Forgot_FiftyTimes_SendsThreeLinks()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        for (var i = 0; i < 50; i++) await silo.Grains.PasswordReset().ForgotAsync(tenant.Slug, "owner", SiloHost.Client, default);
        await OutboxFiles.WaitForAsync(silo.Folder, 3);
        await silo.Service<Platform.Notifications.NotificationWorker>().DeliverAsync(default);
        OutboxFiles.Read(Path.Combine(silo.Folder, "outbox")).Count.ShouldBe(3);
    }

    [Fact, Trait("Threat", "T1")]
    public async Task Forgot_UnknownOrDisabled_SendsNothing()
    {
        await using var silo = await SiloHost.StartAsync();
        var (tenant, owner) = await silo.NewTenantAsync();
        var bob = await silo.NewUserAsync(owner, "bob");
        await silo.Grains.User(bob.Id).ChangeAsync(owner, new UserChange { Status = UserStatus.Disabled }, default);
        foreach (var (slug, name) in new[] { ("no-such", "owner"), ("Not A Slug", "owner"), (tenant.Slug, "nobody"), (tenant.Slug, "bob") })
        {
            await silo.Grains.PasswordReset().ForgotAsync(slug, name, SiloHost.Client, default);
        }

        await ForgotAsync(silo, tenant.Slug, 1);
        await silo.Service<Platform.Notifications.NotificationWorker>().DeliverAsync(default);
        OutboxFiles.Read(Path.Combine(silo.Folder, "outbox")).Count.ShouldBe(1);
    }

    [Fact, Trait("Threat", "T77"), Trait("Threat", "T26")]
    public async Task Forgot_TokenAndItsSecret_DoNotLieInTheDatabase()
    {
        var silo = await SiloHost.StartAsync();
        var (tenant, _) = await silo.NewTenantAsync();
        var token = await ForgotAsync(silo, tenant.Slug, 1);
        await silo.StopAsync();
        (await TestDatabases.DumpAsync(silo.Folder)).ShouldNotContain(token, Case.Sensitive);
        await silo.RemoveDataAsync();
    }

    [Fact, Trait("Threat", "T27")]
    public async Task Forgot_ResetPageConfigured_LinkHasItsAddress()
    {
        await using var silo = await SiloHost.StartAsync(("Platform:Notifications:ResetPage", "https://app.example.com/reset"));
        var (tenant, _) = await silo.NewTenantAsync();
        var token = await ForgotAsync(silo, tenant.Slug, 1);
        var message = OutboxFiles.Read(Path.Combine(silo.Folder, "outbox")).Single();
        message.Data["link"].ShouldBe($"https://app.example.com/reset#token={token}");
        message.Text.ShouldContain(message.Data["link"]);
    }

    private static async Task<string> ForgotAsync(SiloHost silo, string slug, int links)
    {
        await silo.Grains.PasswordReset().ForgotAsync(slug, "owner", SiloHost.Client, default);
        silo.Time.Advance(TimeSpan.FromMilliseconds(1));
        var files = await OutboxFiles.WaitForAsync(silo.Folder, links);
        return files.Last(f => f.Template == "password_reset").Data["token"];
    }

    private static Task<Outcome> ResetAsync(SiloHost silo, string token, string newPassword)
    {
        PasswordResetToken.TryOpen(silo.Service<MasterKey>(), token, out var user, out var hash).ShouldBeTrue();
        return silo.Grains.PasswordReset().ResetAsync(new PasswordReset { UserId = user, SecretHash = hash, NewPassword = newPassword }, default);
    }
}
