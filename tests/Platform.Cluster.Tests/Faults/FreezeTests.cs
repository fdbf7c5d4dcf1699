using System.Net;
using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Faults;

/// <summary>A node that stands still for a while knows nothing of what was decided meanwhile, and must not answer as if it did.</summary>
public sealed class FreezeTests(ITestOutputHelper output) : ClusterTest(output)
{
    /// <summary>Where a grain goes depends on how busy each node was a second ago: for seconds it may be always the same one.</summary>
    private const int Attempts = 100;

    private const int Waiting = 10;

    private static readonly TimeSpan CallsTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(4);

    [Fact, Trait("Threat", "T41"), Trait("Fault", "F3"), Trait("Threat", "T40")]
    public async Task Freeze_ShorterThanTheDeclarationOfDeath_AcceptsNothingThatWasEndedMeanwhileAndGoesOn()
    {
        var (tenant, frozen, sessions) = await TenantOutsideOfAsync();
        var others = await SessionsOfAnotherTenantOnAsync(frozen);
        others.ShouldNotBeEmpty();
        var acting = Cluster.Others(frozen).First().Platform;

        frozen.Freeze();
        var frozenAt = TimeProvider.System.GetTimestamp();
        (await acting.SendAsync("DELETE", tenant.PathOf("/sessions"), token: tenant.Owner.Token)).ShouldBe(HttpStatusCode.Accepted);
        var took = TimeProvider.System.GetElapsedTime(frozenAt);
        Measured($"the end of all sessions was answered {took.TotalSeconds:F1} s after the freeze of a node");
        took.ShouldBeLessThan(CallsTimeout);

        // These wait in the kernel for the process to go on.
        var waiting = AskAll(frozen, sessions);
        await Until.ElapsedAsync(frozenAt, Short);
        var frozenFor = TimeProvider.System.GetElapsedTime(frozenAt);
        frozen.Thaw();
        var thawed = TimeProvider.System.GetTimestamp();
        ShouldNotBeAccepted(await waiting);
        var refused = await Until.TrueAsync(
            async () =>
            {
                var answers = await AskAll(frozen, sessions);
                ShouldNotBeAccepted(answers);
                return answers.All(answer => answer.IsRefused);
            },
            "all of them are refused");

        await Until.TrueAsync(async () => (await AskAll(frozen, others)).All(LiveOrOutage), "the sessions of another tenant are served again");
        Measured($"frozen for {frozenFor.TotalSeconds:F1} s; refused all ended sessions {refused.TotalSeconds:F1} s and served the others {TimeProvider.System.GetElapsedTime(thawed).TotalSeconds:F1} s after it went on");
        (await frozen.Platform.SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK);
        (await Cluster.Database.DeadAtAsync(frozen.SiloPort)).ShouldBe(0);
        frozen.Platform.Log.ShouldContain("LeaseCatchingUp");
    }

    [Fact, Trait("Threat", "T41"), Trait("Fault", "F3"), Trait("Threat", "T31")]
    public async Task Freeze_UntilDeclaredDead_OthersServeItsSessionsAndItEnds()
    {
        var (tenant, frozen, sessions) = await TenantOutsideOfAsync();
        var acting = Cluster.Others(frozen).First().Platform;

        frozen.Freeze();
        var frozenAt = TimeProvider.System.GetTimestamp();
        await Until.TrueAsync(async () => await Cluster.Database.DeadAtAsync(frozen.SiloPort) == 1, "it is declared dead");
        var dead = TimeProvider.System.GetElapsedTime(frozenAt);
        await Until.TrueAsync(
            async () =>
            {
                var answers = await Task.WhenAll(sessions.Select(session => acting.PeekAsync(session.Token)));
                answers.ShouldAllBe(answer => !answer.IsRefused);
                return answers.All(answer => answer.IsLive);
            },
            "its sessions are served by others");
        Measured($"declared dead after {dead.TotalSeconds:F1} s; its sessions were answered elsewhere after {TimeProvider.System.GetElapsedTime(frozenAt).TotalSeconds:F1} s");
        (await acting.SignOutAsync(sessions[0].Token)).ShouldBe(HttpStatusCode.NoContent);

        var waiting = Task.WhenAll(Enumerable.Range(0, Waiting).Select(_ => TryAskAsync(frozen, sessions[0])));
        frozen.Thaw(serves: false);
        var thawed = TimeProvider.System.GetTimestamp();
        (await waiting).ShouldAllBe(answer => answer == null || !answer.IsLive);
        await AskUntilItEndsAsync(frozen, sessions[0]);
        Measured($"it ended {TimeProvider.System.GetElapsedTime(thawed).TotalSeconds:F1} s after it went on");

        await frozen.RestartAsync();
        (await frozen.Platform.ValidateAsync(sessions[0].Token)).IsRefused.ShouldBeTrue();
        foreach (var session in sessions.Skip(1)) (await frozen.Platform.TouchAsync(session.Token)).ShouldBe(HttpStatusCode.OK);
        (await frozen.Platform.ValidateAsync(tenant.Owner.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    private static bool LiveOrOutage(Answer answer)
    {
        answer.IsRefused.ShouldBeFalse("an outage signs nobody out");
        return answer.IsLive;
    }

    private static Task<Answer[]> AskAll(ClusterNode node, IReadOnlyList<SignedIn> sessions) =>
        Task.WhenAll(sessions.Select((session, i) => i % 2 == 0 ? node.Platform.PeekAsync(session.Token) : node.Platform.TouchAsync(session.Token)));

    private static void ShouldNotBeAccepted(Answer[] answers) => answers.ShouldAllBe(answer => answer.IsRefused || answer.IsOutage);

    /// <summary>Null: the process went away over it.</summary>
    private static async Task<Answer?> TryAskAsync(ClusterNode node, SignedIn session)
    {
        try
        {
            return await node.Platform.ValidateAsync(session.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task AskUntilItEndsAsync(ClusterNode node, SignedIn ended)
    {
        var end = node.Platform.EndAsync();
        while (!end.IsCompleted)
        {
            (await TryAskAsync(node, ended))?.IsLive.ShouldBeFalse("accepted by a node that is no member any more");
            // Nothing tells when the process will be gone; this leaves it the processor to go.
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        await end;
    }

    /// <summary>A tenant and a node such that nothing that ends the tenant's sessions is on the node, and some of its sessions are: the node joins when the rest is there.</summary>
    private async Task<(Tenant Tenant, ClusterNode Node, IReadOnlyList<SignedIn> Sessions)> TenantOutsideOfAsync()
    {
        var tenant = await Tenant.CreateAsync(Cluster);
        var node = Cluster.NewNode();
        await Cluster.JoinAsync(node);
        IReadOnlyList<SignedIn> sessions = [];
        await Until.TrueAsync(async () => (sessions = await SessionsOnAsync(node, tenant)).Count > 0, "a session comes to lie on the new node");
        string[] needed = [tenant.Id, $"aud_{tenant.Id}", $"tnm_{tenant.Slug}", tenant.Owner.Id, await UserOfAsync(tenant)];
        (await Task.WhenAll(needed.Select(key => Cluster.NodeOfAsync(key)))).ShouldNotContain(node);
        return (tenant, node, sessions);
    }

    private async Task<IReadOnlyList<SignedIn>> SessionsOfAnotherTenantOnAsync(ClusterNode node)
    {
        IReadOnlyList<SignedIn> sessions = [];
        for (var attempt = 0; sessions.Count == 0 && attempt < Attempts; attempt++) sessions = await SessionsOnAsync(node, await Tenant.CreateAsync(Cluster));
        return sessions;
    }

    private async Task<string> UserOfAsync(Tenant tenant) => (await Cluster.Any.PeekAsync(tenant.Owner.Token)).Json.GetProperty("userId").GetString()!;

    /// <summary>Signed in on the others: a new grain goes where there is less to do.</summary>
    private async Task<IReadOnlyList<SignedIn>> SessionsOnAsync(ClusterNode node, Tenant tenant)
    {
        var others = Cluster.Others(node).ToArray();
        var sessions = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => others[i % others.Length].Platform.SignInAsync(tenant.Slug, "owner")));
        var places = await Task.WhenAll(sessions.Select(session => Cluster.NodeOfAsync(session.Id)));
        return [.. sessions.Where((_, i) => places[i] == node)];
    }
}
