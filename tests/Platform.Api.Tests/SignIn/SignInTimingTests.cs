using System.Diagnostics;
using Platform.Api.Tests.Sessions;

namespace Platform.Api.Tests.SignIn;

/// <summary>
/// Refused sign-ins of four kinds, interleaved at random, compared by rank: neither time nor answer tells which is which.
/// </summary>
/// <remarks>
/// The hash is made cheap here: it is the same for all kinds (other tests count it), and its noise would only hide differences of the rest.
/// Power: 200 tries each and a limit of 4.2 (six comparisons, one false alarm in 6,000 runs) find, nine times of ten, a kind that is
/// faster than another in 66 of 100 pairs. The output says what was found.
/// </remarks>
public sealed class SignInTimingTests(PlatformHost host, ITestOutputHelper output) : IClassFixture<PlatformHost>
{
    private const int Tries = 200;

    /// <summary>Five failures would slow the account down.</summary>
    private const int TriesPerAccount = 4;

    private const double Limit = 4.2;

    public enum Kind
    {
        UnknownTenant,
        UnknownUser,
        WrongPassword,
        DisabledUser,
    }

    [Fact, Trait("Threat", "T1"), Trait("Threat", "T2"), Trait("Pace", "Slow")]
    public async Task SignIn_FourKindsOfRefusal_DoNotDifferInTimeOrAnswer()
    {
        var owner = await host.NewTenantAsync();
        for (var i = 0; i < Tries / TriesPerAccount; i++)
        {
            await host.NewUserAsync(owner, $"active{i}", "viewer");
            var disabled = await host.NewUserAsync(owner, $"disabled{i}", "viewer");
            (await host.SendAsync("PATCH", $"/v1/tenants/{owner.Slug}/users/{disabled.Id}", new { status = "disabled" }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        }

        // Known accounts are not to be the ones that happen to be in memory.
        await host.RestartAsync();
        for (var i = 0; i < Tries; i++) await TryAsync(owner.Slug, $"warm-up{i}", "Quiet-Harbour-72");

        var random = new Random(7);
        var times = Enum.GetValues<Kind>().ToDictionary(kind => kind, _ => new List<double>());
        var answers = new HashSet<string>();
        for (var i = 0; i < Tries; i++)
        {
            var kinds = Enum.GetValues<Kind>();
            random.Shuffle(kinds);
            foreach (var kind in kinds)
            {
                var account = i % (Tries / TriesPerAccount);
                var (tenant, name, password) = kind switch
                {
                    Kind.UnknownTenant => ("t-nowhere" + account, "active0", ApiCalls.Password),
                    Kind.UnknownUser => (owner.Slug, $"nobody{account}", ApiCalls.Password),
                    Kind.WrongPassword => (owner.Slug, $"active{account}", "Quiet-Harbour-72"),
                    _ => (owner.Slug, $"disabled{account}", ApiCalls.Password),
                };
                var (time, answer) = await TryAsync(tenant, name, password);
                times[kind].Add(time);
                answers.Add(answer);
            }
        }

        answers.ShouldHaveSingleItem();
        output.WriteLine($"Detectable nine times of ten: precedence {RankTest.Detectable(Tries, Limit):0.000}.");
        var pairs = from a in times from b in times where a.Key < b.Key select (a, b, Test: RankTest.Compare(a.Value, b.Value));
        foreach (var (kind, list) in times) output.WriteLine($"{kind}: median {list.Order().ElementAt(Tries / 2):0.000} ms");
        foreach (var (a, b, test) in pairs) output.WriteLine($"{a.Key} before {b.Key}: {test.Precedence:0.000}, z {test.Z:0.0}");
        pairs.Where(pair => Math.Abs(pair.Test.Z) > Limit).Select(pair => $"{pair.a.Key} {pair.b.Key}").ShouldBeEmpty();
    }

    /// <summary>That the test above can fail: a shift of half a deviation is found.</summary>
    [Fact]
    public void Compare_SamplesThatDiffer_AreDistinguished()
    {
        var random = new Random(7);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        double[] Sample(double shift) => [.. Enumerable.Range(0, Tries).Select(_ => Normal() + shift)];
        Math.Abs(RankTest.Compare(Sample(0), Sample(0)).Z).ShouldBeLessThan(Limit);
        RankTest.Compare(Sample(0), Sample(0.7)).Z.ShouldBeGreaterThan(Limit);
        RankTest.Compare(Sample(0.7), Sample(0)).Z.ShouldBeLessThan(-Limit);
        RankTest.Compare([1, 2], [1, 2]).Precedence.ShouldBe(0.5);
    }

    /// <summary>Milliseconds, and the answer.</summary>
    private async Task<(double Time, string Answer)> TryAsync(string tenant, string name, string password)
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await host.TrySignInAsync(tenant, name, password);
        var time = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return (time, answer.ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials").Comparable);
    }
}
