using System.Collections.Immutable;
using Platform.Grains.Tests.Hosting;
using Platform.SecondFactors;
using Platform.Security;
using Platform.SignIn;

namespace Platform.Grains.Tests.SecondFactors;

/// <summary>What a user was given for an authenticator, as it was shown.</summary>
internal sealed record Enrolled(Authenticator App, string Secret, ImmutableArray<string> RecoveryCodes);

/// <summary>What tests want of second factors, by intent.</summary>
internal static class SecondFactorSteps
{
    /// <summary>A tenant with the feature on.</summary>
    public static async Task<(string Slug, Actor Owner)> NewTwoFactorTenantAsync(this SiloHost silo)
    {
        var (tenant, owner) = await silo.NewTenantAsync();
        await silo.Grains.Tenant(tenant.Id).ChangeAsync(SiloHost.OperatorActor, new() { Features = new() { TwoFactor = true } }, default);
        return (tenant.Slug, owner);
    }

    public static async Task<Enrolled> EnrolAsync(this SiloHost silo, Actor user)
    {
        var factors = silo.Grains.SecondFactors(user.UserId);
        var begun = (await factors.BeginTotpAsync(user, default)).Value.ShouldNotBeNull();
        var app = new Authenticator(begun.Uri);
        var confirmation = new FactorConfirmation { Code = app.CodeAt(silo.Time.GetUtcNow()), NewSecretHash = SiloHost.NewSecretHash(out _) };
        var confirmed = (await factors.ConfirmTotpAsync(user, confirmation, default)).Value.ShouldNotBeNull();
        return new Enrolled(app, begun.Secret, confirmed.RecoveryCodes);
    }

    /// <summary>As the API does with what a client sends back.</summary>
    public static (UserId User, ImmutableArray<byte> Hash) Open(this SiloHost silo, SignInChallenge challenge)
    {
        ChallengeToken.TryOpen(silo.Service<MasterKey>(), "development", challenge.Token, out var user, out var hash).ShouldBeTrue();
        return (user, hash);
    }

    public static Task<Outcome<SignInResult>> ProveAsync(
        this SiloHost silo, UserId user, ImmutableArray<byte> challenge, SecondFactorMethod method, string code, ClientInfo from, out ImmutableArray<byte> secret) =>
        silo.Grains.SignIn().VerifySecondFactorAsync(
            new SecondFactorProof
            {
                Challenge = new ChallengeReference { UserId = user, ChallengeHash = challenge, Client = from },
                Method = method,
                Code = code,
                SecretHash = SiloHost.NewSecretHash(out secret),
            },
            default);
}
