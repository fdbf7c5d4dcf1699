using Microsoft.Extensions.DependencyInjection;
using Platform.Api.Tokens;
using Platform.Internal;
using Platform.Sessions;
using Platform.SignIn;

namespace Platform.Benchmarks.Compare.Servers;

/// <param name="Users">Whose they are, in turn.</param>
/// <param name="Count">How many.</param>
internal sealed record SessionsWanted(IReadOnlyList<string> Users, int Count);

/// <summary>Opens sessions inside a platform as a sign-in does after it has found the password right: on disk, with token and access log. Without the hash it takes a thousandth of the time.</summary>
internal static class OpenedSessions
{
    private const int InFlight = 64;

    private static readonly ClientInfo Client = new("192.0.2.1", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");

    /// <returns>Tokens.</returns>
    public static async Task<string[]> OpenAsync(IServiceProvider services, SessionsWanted wanted)
    {
        var grains = services.GetRequiredService<IGrainFactory>();
        var tokens = services.GetRequiredService<SessionTokens>();
        UserId[] users = [.. wanted.Users.Select(id => PrefixedId.Parse<UserId>(id))];
        var opened = new string[wanted.Count];
        await Parallel.ForAsync(0, wanted.Count, new ParallelOptions { MaxDegreeOfParallelism = InFlight }, async (i, cancel) =>
        {
            var user = grains.UserInternal(users[i % users.Length]);
            var fresh = await tokens.PrepareAsync(cancel);
            var credential = await user.FindCredentialAsync(cancel) ?? throw new InvalidOperationException("The user is gone.");
            var outcome = await user.CompletePasswordAsync(
                new OpenSessionRequest
                {
                    VerifiedHash = credential.PasswordHash!,
                    PasswordVersion = credential.PasswordVersion,
                    SecretHash = fresh.SecretHash,
                    Policy = new SessionPolicy(TimeSpan.FromMinutes(30), TimeSpan.FromDays(1)),
                    TenantEpoch = 0,
                    Client = Client,
                },
                cancel);
            var session = outcome.Value?.Session ?? throw new InvalidOperationException($"A session was refused: {outcome.Refusal}.");
            opened[i] = fresh.Seal(session.Id, session.AbsoluteExpiresAt);
        });
        return opened;
    }
}
