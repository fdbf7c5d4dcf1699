using System.Security.Cryptography;
using Platform.Sessions;

namespace Platform.Api.Tests.Tokens;

public sealed class ForgedTokenTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    [Trait("Threat", "T33")]
    public async Task ForgedTokens_TenThousandOfAllSorts_ActivateNothing()
    {
        var owner = await host.NewTenantAsync();
        var genuine = System.Buffers.Text.Base64Url.DecodeFromChars(owner.Token);
        var management = host.Grains.GetGrain<IManagementGrain>(0);
        await host.ValidateAsync(owner.Token);
        var (activations, live) = (await management.GetTotalActivationCount(), host.Service<LiveSessions>().Count);

        await Parallel.ForAsync(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            (await host.ValidateAsync(Forge(genuine, i))).ShouldBe(HttpStatusCode.Unauthorized);
        });

        (await management.GetTotalActivationCount()).ShouldBeLessThanOrEqualTo(activations);
        host.Service<LiveSessions>().Count.ShouldBe(live);
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    [Trait("Threat", "T35")]
    public async Task Token_OfAnotherEnvironmentOnTheSameData_IsRefused()
    {
        var token = await host.OperatorTokenAsync();
        await using var other = await new PlatformHost("--Platform:Environment=production").StartedAsync();
        (await other.PeekAsync(token)).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
    }

    /// <summary>Random texts, random tokens under the genuine key id, and genuine tokens with one bit changed.</summary>
    private static string Forge(byte[] genuine, int i)
    {
        var token = RandomNumberGenerator.GetBytes(genuine.Length);
        switch (i % 4)
        {
            case 0:
                return Convert.ToHexString(token);
            case 1:
                token[0] = genuine[0];
                break;
            case 2:
                genuine.AsSpan(0, 5).CopyTo(token);
                break;
            default:
                genuine.CopyTo(token, 0);
                token[RandomNumberGenerator.GetInt32(token.Length)] ^= (byte)(1 << RandomNumberGenerator.GetInt32(8));
                break;
        }

        return System.Buffers.Text.Base64Url.EncodeToString(token);
    }
}
