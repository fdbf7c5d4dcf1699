using Platform.Sessions;
using Platform.Silos.Tests.Hosting;

namespace Platform.Silos.Tests;

/// <summary>A silo that does not take what the others tell it holds nobody up for long, and answers nothing from memory until it has caught up (decision 61).</summary>
public sealed class FenceTests
{
    [Fact, Trait("Threat", "T40"), Trait("Fault", "F4")]
    public async Task Change_OneSiloDoesNotListen_IsAnsweredAndThatSiloNeverAnswersAsBefore()
    {
        await using var cluster = await SiloCluster.StartAsync();
        var scene = await Scene.CreateAsync(cluster);
        var (acting, deaf) = (cluster[0], cluster[2]);
        var session = await scene.SignInAsync(deaf);
        foreach (var silo in cluster.Silos) (await silo.ValidateAsync(session.Id, session.SecretHash)).ShouldBe(SessionState.Live);
        deaf.Node.StopHearing();

        (await acting.Grains.Tenant(scene.Tenant.Id).RevokeSessionsAsync(scene.Owner, default)).Succeeded.ShouldBeTrue();

        // An outage until it has caught up, then the refusal; whichever of the two it is now.
        foreach (var silo in cluster.Silos) (await silo.ValidateAsync(session.Id, session.SecretHash)).ShouldNotBe(SessionState.Live);
        deaf.Node.Hear();
        foreach (var silo in cluster.Silos) (await silo.ValidateInTheEndAsync(session.Id, session.SecretHash)).ShouldNotBe(SessionState.Live);
        await deaf.UntilAnsweringAsync();
        var next = await scene.SignInAsync(deaf);
        foreach (var silo in cluster.Silos) (await silo.ValidateInTheEndAsync(next.Id, next.SecretHash)).ShouldBe(SessionState.Live);
    }
}
