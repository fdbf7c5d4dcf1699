using Platform.Grains.Tests.Hosting;
using Platform.Internal;
using Platform.Sessions;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Grains.Tests.Sessions;

/// <summary>Sign-ins after the cost of a password was raised.</summary>
public sealed class SignInRehashTests
{
    [Fact]
    public async Task SignIn_SeveralAtOnceAfterTheCostWasRaised_AllSucceedAndOneRehashIsStored()
    {
        var (silo, tenant, owner) = await RaisedAsync();
        await using var _ = silo;
        var account = silo.Grains.UserInternal(owner.UserId);
        (await account.FindCredentialAsync(default))!.PasswordHash.ShouldStartWith("$argon2id$v=19$m=19456,t=2,p=1$");

        var tries = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            silo.TrySignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword, SiloHost.NewSecretHash(out var _))));
        tries.ShouldAllBe(t => t.Refusal == Refusal.None && t.Value!.Session != null);
        var rehashed = (await account.FindCredentialAsync(default))!.PasswordHash;
        rehashed.ShouldStartWith("$argon2id$v=19$m=19456,t=3,p=1$");

        (await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword)).Session.ShouldNotBeNull();
        (await account.FindCredentialAsync(default))!.PasswordHash.ShouldBe(rehashed);
        (await silo.SignInAsync(tenant.Slug, "owner", "Quiet-Harbour-72")).Session.ShouldBeNull();
    }

    /// <summary>The clock stands, and the password is the old one again in the end: neither makes what was verified before it good.</summary>
    [Fact, Trait("Threat", "T8")]
    public async Task Enter_PasswordChangedSinceItWasVerified_IsRefusedAndStoresNoRehash()
    {
        var (silo, tenant, owner) = await RaisedAsync();
        await using var _ = silo;
        var account = silo.Grains.UserInternal(owner.UserId);
        var verified = (await account.FindCredentialAsync(default)).ShouldNotBeNull();
        (await account.CompletePasswordAsync(Opening(verified, "rehash 1"), default)).Refusal.ShouldBe(Refusal.None);
        (await account.CompletePasswordAsync(Opening(verified, "rehash 2"), default)).Refusal.ShouldBe(Refusal.None);
        (await account.FindCredentialAsync(default)).ShouldBe(verified with { PasswordHash = "rehash 1" }, "the first takes the place of what was verified");
        (await account.CompletePasswordAsync(Opening(verified with { PasswordHash = "rehash 1" }, verified.PasswordHash!), default)).Refusal.ShouldBe(Refusal.None);

        var (mine, _) = await silo.SignInAsync(tenant.Slug, "owner", SiloHost.OwnerPassword);
        await ChangeAsync(silo, mine!, SiloHost.OwnerPassword, "Loud-Mountain-92");
        (await account.CompletePasswordAsync(Opening(verified, "rehash 3"), default)).Refusal.ShouldBe(Refusal.InvalidCredentials);
        await ChangeAsync(silo, mine!, "Loud-Mountain-92", SiloHost.OwnerPassword);
        var changed = await account.FindCredentialAsync(default);
        (await account.CompletePasswordAsync(Opening(verified, "rehash 4"), default)).Refusal.ShouldBe(Refusal.InvalidCredentials);
        (await account.FindCredentialAsync(default)).ShouldBe(changed);
    }

    private static async Task<(SiloHost Silo, TenantView Tenant, Actor Owner)> RaisedAsync()
    {
        var before = await SiloHost.StartAsync(("Platform:Passwords:Threads", "1"));
        var (tenant, owner) = await before.NewTenantAsync();
        return (await before.RestartAsync(("Platform:Passwords:Threads", "1"), ("Platform:Passwords:Passes", "3")), tenant, owner);
    }

    private static async Task ChangeAsync(SiloHost silo, SessionView session, string from, string to) =>
        (await silo.Grains.User(session.UserId).ChangePasswordAsync(
            SiloHost.ActorOf(session), new PasswordChange { CurrentPassword = from, NewPassword = to, NewSecretHash = SiloHost.NewSecretHash(out _) }, default)).Refusal.ShouldBe(Refusal.None);

    private static OpenSessionRequest Opening(Credential verified, string rehash) => new()
    {
        VerifiedHash = verified.PasswordHash!,
        PasswordVersion = verified.PasswordVersion,
        Rehash = rehash,
        SecretHash = SiloHost.NewSecretHash(out _),
        Policy = new SessionPolicy(TimeSpan.FromMinutes(30), TimeSpan.FromDays(1)),
        Client = SiloHost.Client,
        TenantEpoch = 0,
    };
}
