using Platform.Grains.Tests.Hosting;
using Platform.Grains.Tests.SecondFactors;
using Platform.Internal;

namespace Platform.Grains.Tests.Users;

/// <summary>The call of <c>reset-operator</c>: it opens no account but that of an active operator.</summary>
public sealed class OperatorRecoveryTests
{
    [Fact, Trait("Threat", "T23")]
    public async Task Recover_NoOperator_IsRefusedAndTheAccountStaysAsItWas()
    {
        await using var silo = await SiloHost.StartAsync();
        var (slug, owner) = await silo.NewTwoFactorTenantAsync();

        (await RecoverAsync(silo, owner.UserId)).Refusal.ShouldBe(Refusal.Forbidden);
        (await RecoverAsync(silo, PrefixedId.New<UserId>(silo.Time))).Refusal.ShouldBe(Refusal.NotFound);

        (await silo.TrySignInAsync(slug, "owner", SiloHost.OwnerPassword, SiloHost.NewSecretHash(out _))).Refusal.ShouldBe(Refusal.None);
    }

    [Fact]
    public void Request_InText_HoldsNoPassword() => Request().ToString().ShouldNotContain("Amber");

    private static Task<Outcome<RecoveredOperator>> RecoverAsync(SiloHost silo, UserId user) => silo.Grains.UserInternal(user).RecoverOperatorAsync(Request(), default);

    private static OperatorRecoveryRequest Request() => new("reset-operator", "Amber-Lantern-48-Zx", SiloHost.Client);
}
