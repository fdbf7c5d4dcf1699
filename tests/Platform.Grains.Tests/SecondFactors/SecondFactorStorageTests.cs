using System.Collections.Immutable;
using Platform.Grains.Tests.Hosting;
using Platform.Notifications;
using Platform.SecondFactors;
using Platform.Security;
using Platform.SignIn;

namespace Platform.Grains.Tests.SecondFactors;

/// <summary>What lies in storage, and what outlives a restart.</summary>
public sealed class SecondFactorStorageTests
{
    private const string Number = "+4915112345678";

    [Fact, Trait("Threat", "T14"), Trait("Threat", "T17")]
    public async Task Restart_UsedCodeChallengeAndCount_AreRemembered()
    {
        var silo = await SiloHost.StartAsync();
        var (slug, user, app, _) = await EnrolledAsync(silo);
        silo.Time.Advance(TimeSpan.FromSeconds(30));
        var code = app.CodeAt(silo.Time.GetUtcNow());
        var (first, second) = (await ChallengeAsync(silo, slug), await ChallengeAsync(silo, slug));
        (await ProveAsync(silo, user, first, code)).Value.ShouldNotBeNull();
        for (var i = 0; i < 4; i++) (await ProveAsync(silo, user, second, app.WrongCodeAt(silo.Time.GetUtcNow()))).Refusal.ShouldBe(Refusal.InvalidCode);

        silo = await silo.RestartAsync();
        await using var _ = silo;

        (await ProveAsync(silo, user, first, code)).Refusal.ShouldBe(Refusal.InvalidCode, "the challenge was used");
        (await ProveAsync(silo, user, second, code)).Refusal.ShouldBe(Refusal.InvalidCode, "the code was used, and it is the fifth wrong one");
        silo.Time.Advance(TimeSpan.FromSeconds(30));
        (await ProveAsync(silo, user, await ChallengeAsync(silo, slug), app.CodeAt(silo.Time.GetUtcNow()))).Refusal.ShouldBe(Refusal.TooManyAttempts);
    }

    [Fact, Trait("Threat", "T77"), Trait("Threat", "T21")]
    public async Task AtRest_SecretsNumbersAndCodes_AreNowhereInTheDatabase()
    {
        var silo = await SiloHost.StartAsync();
        var (slug, user, app, secrets) = await EnrolledAsync(silo);
        var session = (await ProveAsync(silo, user, await ChallengeAsync(silo, slug), secrets[^1], SecondFactorMethod.RecoveryCode)).Value!.Session!;
        var actor = SiloHost.ActorOf(session);
        (await silo.Grains.SecondFactors(user).BeginPhoneAsync(actor, Number, default)).Succeeded.ShouldBeTrue();
        var sent = await OutboxFiles.WaitForAsync(silo.Folder, 1, file => file.Template == NotificationTemplates.PhoneConfirmation);
        var confirmation = new FactorConfirmation { Code = sent[0].Data["code"], NewSecretHash = SiloHost.NewSecretHash(out _) };
        (await silo.Grains.SecondFactors(user).ConfirmPhoneAsync(actor, confirmation, default)).Value.ShouldNotBeNull();
        var challenge = await ChallengeAsync(silo, slug);
        await silo.StopAsync();

        var rows = await TestDatabases.DumpAsync(silo.Folder);
        rows.ShouldContain(user.ToString(), Case.Sensitive, "the search looks in the right place");
        foreach (var secret in secrets.Concat(secrets.Select(s => s.Replace("-", ""))).Append(Number).Append(Number[1..]).Append(challenge.Token)) rows.ShouldNotContain(secret, Case.Insensitive);
        foreach (var bytes in new[] { app.Secret.ToArray(), System.Text.Encoding.ASCII.GetBytes(Number) })
        {
            // As the stored JSON would print them.
            rows.ShouldNotContain(string.Join(',', bytes), Case.Sensitive);
            rows.ShouldNotContain(Convert.ToBase64String(bytes)[..^2], Case.Sensitive);
            rows.ShouldNotContain(Convert.ToHexString(bytes), Case.Insensitive);
            rows.ShouldNotContain(System.Text.Encoding.Latin1.GetString(bytes), Case.Sensitive);
        }

        await silo.RemoveDataAsync();
    }

    [Fact, Trait("Threat", "T77")]
    public void Sealed_ForOneUserOrUse_OpensForNoOther()
    {
        using var master = new MasterKey(new byte[32]);
        var secrets = new FactorSecrets(master);
        var (alice, bob) = (UserId.From(new Guid(1, 0, 0, new byte[8])), UserId.From(new Guid(2, 0, 0, new byte[8])));
        var sealedSecret = secrets.SealTotp(alice, new byte[Totp.SecretSize]);
        secrets.OpenTotp(alice, sealedSecret).ShouldBe(new byte[Totp.SecretSize]);
        Should.Throw<System.Security.Cryptography.CryptographicException>(() => secrets.OpenTotp(bob, sealedSecret));
        Should.Throw<System.Security.Cryptography.CryptographicException>(() => secrets.OpenPhone(alice, sealedSecret));
    }

    /// <summary>The owner of a tenant of its own, with an authenticator; its secret and ten recovery codes as they were shown.</summary>
    private static async Task<(string Slug, UserId User, Authenticator App, ImmutableArray<string> Secrets)> EnrolledAsync(SiloHost silo)
    {
        var (slug, owner) = await silo.NewTwoFactorTenantAsync();
        var enrolled = await silo.EnrolAsync(owner);
        return (slug, owner.UserId, enrolled.App, [enrolled.Secret, .. enrolled.RecoveryCodes]);
    }

    private static async Task<SignInChallenge> ChallengeAsync(SiloHost silo, string slug) =>
        (await silo.TrySignInAsync(slug, "owner", SiloHost.OwnerPassword, SiloHost.NewSecretHash(out _))).Value!.Challenge.ShouldNotBeNull();

    private static Task<Outcome<SignInResult>> ProveAsync(
        SiloHost silo, UserId user, SignInChallenge challenge, string code, SecondFactorMethod method = SecondFactorMethod.Totp) =>
        silo.ProveAsync(user, silo.Open(challenge).Hash, method, code, SiloHost.Client, out _);
}
