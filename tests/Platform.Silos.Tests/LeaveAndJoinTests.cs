using Platform.Sessions;
using Platform.Silos.Tests.Hosting;

namespace Platform.Silos.Tests;

/// <summary>Silos come and go; sessions go on where they are asked for next, with the clocks that they had.</summary>
public sealed class LeaveAndJoinTests
{
    private const int Many = 12;

    [Fact, Trait("Row", "DR"), Trait("Fault", "F2")]
    public async Task Leave_OfEachSiloInTurn_KeepsSessionsTheirClocksAndTheirEnds()
    {
        await using var cluster = await SiloCluster.StartAsync();
        var scene = await Scene.CreateAsync(cluster);
        var kept = await Task.WhenAll(Enumerable.Range(0, Many).Select(i => scene.SignInAsync(cluster[i])));
        var ended = await Task.WhenAll(Enumerable.Range(0, Many).Select(i => scene.SignInAsync(cluster[i])));
        cluster.Time.Advance(TimeSpan.FromMinutes(20));
        foreach (var session in kept) (await cluster[0].Grains.Session(session.Id).TouchAsync(session.SecretHash, null, null, default)).State.ShouldBe(SessionState.Live);
        await Task.WhenAll(ended.Select((session, i) => cluster[i].Grains.Session(session.Id).EndAsync(SessionState.SignedOut, default)));

        for (var i = 0; i < 3; i++)
        {
            await cluster.AddAsync();
            await cluster.StopAsync(cluster[0]);
            foreach (var session in kept) (await cluster[i].ValidateInTheEndAsync(session.Id, session.SecretHash)).ShouldBe(SessionState.Live);
            foreach (var session in ended) (await cluster[i].ValidateInTheEndAsync(session.Id, session.SecretHash)).ShouldNotBe(SessionState.Live);
        }

        // By their last touch they idle 29 minutes now, by their sign-in 49.
        cluster.Time.Advance(TimeSpan.FromMinutes(29));
        foreach (var session in kept) (await cluster[1].ValidateInTheEndAsync(session.Id, session.SecretHash)).ShouldBe(SessionState.Live);
        cluster.Time.Advance(TimeSpan.FromMinutes(1));
        foreach (var silo in cluster.Silos)
        {
            foreach (var session in kept) (await silo.ValidateInTheEndAsync(session.Id, session.SecretHash)).ShouldBe(SessionState.Idle);
        }
    }
}
