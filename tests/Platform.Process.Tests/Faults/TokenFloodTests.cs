using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Faults;

/// <summary>Made-up tokens cost next to nothing and leave nothing behind.</summary>
[Trait("Database", "Unused")]
public sealed class TokenFloodTests(ITestOutputHelper output) : ProcessTest(output)
{
    private const int Tokens = 10_000;
    private const int Parallelism = 16;
    private const long MaxGrowth = 50 * 1024 * 1024;

    [Fact]
    [Trait("Threat", "T33"), Trait("Threat", "T35")]
    public async Task Flood_OfForgedTokens_IsRefusedWithoutGrowthWhileLiveSessionsAreServed()
    {
        var platform = await StartAsync();
        var live = await platform.SignInAsync();
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        var random = new Random(seed);
        // Like load before the measurement, so that what the runtime takes once is not counted as growth.
        await FloodAsync(platform, live, Forge(live.Token, random).Take(Tokens / 4));
        var before = platform.ResidentMemory();

        var started = Time.GetTimestamp();
        var (statuses, peeks) = await FloodAsync(platform, live, Forge(live.Token, random).Take(Tokens));

        var grown = platform.ResidentMemory() - before;
        Output.WriteLine($"seed {seed}: {Tokens} forged tokens in {Time.GetElapsedTime(started).TotalSeconds:F1} s, {peeks} peeks of a live session meanwhile, memory {before >> 20} MB {grown >> 10:+0;-0} KB");
        statuses.ShouldBe(new Dictionary<HttpStatusCode, int> { [HttpStatusCode.Unauthorized] = Tokens });
        grown.ShouldBeLessThan(MaxGrowth);
        peeks.ShouldBeGreaterThan(0);
        (await platform.TouchAsync(live.Token)).ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<(Dictionary<HttpStatusCode, int> Statuses, int Peeks)> FloodAsync(PlatformProcess platform, SignedIn live, IEnumerable<string> tokens)
    {
        var statuses = new ConcurrentDictionary<HttpStatusCode, int>();
        var peeks = 0;
        using var over = new CancellationTokenSource();
        var healthy = PeekAsync();
        await Parallel.ForEachAsync(tokens, new ParallelOptions { MaxDegreeOfParallelism = Parallelism }, async (token, _) =>
        {
            var answer = await platform.ValidateAsync(token);
            statuses.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
        });
        await over.CancelAsync();
        await healthy;
        return (statuses.ToDictionary(), peeks);

        async Task PeekAsync()
        {
            while (!over.IsCancellationRequested)
            {
                (await platform.PeekAsync(live.Token)).ShouldBe(HttpStatusCode.OK);
                peeks++;
            }
        }
    }

    /// <summary>Every single bit of a genuine token turned, every length of it, two bits turned, random ones with the right form and key, and plain noise.</summary>
    private static IEnumerable<string> Forge(string genuine, Random random)
    {
        var bytes = Base64Url.DecodeFromChars(genuine);
        for (var bit = 0; bit < bytes.Length * 8; bit++) yield return Flip(bytes, bit);
        for (var length = 1; length < genuine.Length; length++) yield return genuine[..length];
        while (true)
        {
            var noise = new byte[bytes.Length];
            random.NextBytes(noise);
            yield return Base64Url.EncodeToString(noise);

            // Of the right version and key, so that only the authentication can tell.
            bytes.AsSpan(0, 5).CopyTo(noise);
            yield return Base64Url.EncodeToString(noise);

            var first = random.Next(40, bytes.Length * 8);
            yield return Flip(bytes, first, random.Next(first));
            yield return genuine + Base64Url.EncodeToString(noise.AsSpan(0, random.Next(1, 60)));
            yield return Convert.ToHexString(noise, 0, random.Next(1, noise.Length));
        }
    }

    private static string Flip(byte[] token, params int[] bits)
    {
        var copy = token.ToArray();
        foreach (var bit in bits) copy[bit / 8] ^= (byte)(1 << (bit % 8));
        return Base64Url.EncodeToString(copy);
    }
}
