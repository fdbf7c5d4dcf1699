using Platform.Grains.Tests.Hosting;
using Platform.Grains.Tests.SecondFactors;
using Platform.SecondFactors;
using Platform.Security;
using Platform.SignIn;
using Platform.Users;

namespace Platform.Grains.Tests.Users;

public sealed class NewPasswordStepTests
{
    /// <summary>No call leads there yet: whoever has the first password alone must not set the next one.</summary>
    [Fact, Trait("Threat", "T23")]
    public async Task SignIn_OfWhoHasAFactorAndMustChange_AsksForTheFactorFirst()
    {
        await using var silo = await SiloHost.StartAsync();
        var (slug, owner) = await silo.NewTwoFactorTenantAsync();
        var made = (await silo.Grains.UserRegistration().CreateAsync(
            owner,
            new NewUser { TenantId = owner.TenantId, Username = "nina", Email = "nina@example.com", Password = SiloHost.OwnerPassword, MustChangePassword = true, Permissions = Permissions.Read },
            default)).Value.ShouldNotBeNull();
        var enrolled = await silo.EnrolAsync(owner with { UserId = made.Id, SessionId = PrefixedId.New<SessionId>(silo.Time), Permissions = Permissions.Read });
        silo.Time.Advance(TimeSpan.FromSeconds(30));

        var first = (await silo.TrySignInAsync(slug, "nina", SiloHost.OwnerPassword, SiloHost.NewSecretHash(out _))).Value.ShouldNotBeNull();
        var (user, challenge) = silo.Open(first.Challenge.ShouldNotBeNull());
        (await ChooseAsync(silo, new ChallengeReference { UserId = user, ChallengeHash = challenge, Client = SiloHost.Client })).Refusal.ShouldBe(Refusal.InvalidCode, "the factor is not proven");
        var second = (await silo.ProveAsync(user, challenge, SecondFactorMethod.Totp, enrolled.App.CodeAt(silo.Time.GetUtcNow()), SiloHost.Client, out _)).Value.ShouldNotBeNull();
        second.Session.ShouldBeNull();
        ChallengeToken.TryOpen(silo.Service<MasterKey>(), "development", second.PasswordChange.ShouldNotBeNull().Token, out _, out var next).ShouldBeTrue();

        var signedIn = (await ChooseAsync(silo, new ChallengeReference { UserId = user, ChallengeHash = next, Client = SiloHost.Client })).Value.ShouldNotBeNull().Session.ShouldNotBeNull();

        signedIn.AuthenticationMethods.ShouldBe(["pwd", "otp"]);
        signedIn.SecondFactorAt.ShouldBe(silo.Time.GetUtcNow());
    }

    private static Task<Outcome<SignInResult>> ChooseAsync(SiloHost silo, ChallengeReference challenge) => silo.Grains.SignIn().ChooseNewPasswordAsync(
        new NewPasswordChoice { Challenge = challenge, NewPassword = "Amber-Lantern-48", SecretHash = SiloHost.NewSecretHash(out _) }, default);
}
