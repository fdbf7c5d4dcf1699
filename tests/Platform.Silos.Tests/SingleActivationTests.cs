using Platform.Sessions;
using Platform.Silos.Tests.Hosting;

namespace Platform.Silos.Tests;

/// <summary>A grain is in one silo, whoever asks for it, and from wherever.</summary>
[Collection(SharedCluster.Name)]
public sealed class SingleActivationTests(SharedCluster shared)
{
    private const int Many = 24;

    private SiloCluster Cluster => shared.Cluster;

    [Fact, Trait("Threat", "T31")]
    public async Task SignIn_ManyOnAllSilosAtOnce_EachSessionIsInOneSilo()
    {
        var (tenant, _) = await Cluster[0].NewTenantAsync();
        var sessions = await Task.WhenAll(Enumerable.Range(0, Many).Select(i => Cluster[i].SignInAsync(tenant.Slug, "owner", SiloCalls.OwnerPassword)));

        // From everywhere at once, so that a second activation would come about here.
        var states = await Task.WhenAll(sessions.SelectMany(session => Cluster.Silos.Select(silo => silo.ValidateAsync(session.Session!.Id, session.SecretHash))));

        states.ShouldAllBe(state => state == SessionState.Live);
        foreach (var (session, _) in sessions) Cluster.Silos.Count(silo => silo.Live.TryGet(session!.Id, out _)).ShouldBe(1);
        Cluster.Silos.Count(silo => sessions.Any(session => silo.Live.TryGet(session.Session!.Id, out _))).ShouldBeGreaterThan(1, "they are spread");
    }

    [Fact]
    public async Task CreateUser_OfOneNameOnAllSilosAtOnce_OneSucceeds()
    {
        var (_, owner) = await Cluster[0].NewTenantAsync();

        var created = await Task.WhenAll(Enumerable.Range(0, Many).Select(i => Cluster[i].TryNewUserAsync(owner, i % 2 == 0 ? "bob" : "BOB")));

        created.Count(outcome => outcome.Value is not null).ShouldBe(1);
        created.Where(outcome => outcome.Value is null).ShouldAllBe(outcome => outcome.Refusal == Refusal.UsernameTaken || outcome.Refusal == Refusal.Busy);
    }
}
