using System.Collections.Immutable;
using System.Security.Cryptography;
using Platform.Api.Tokens;
using Platform.Internal;
using Platform.Sessions;
using Platform.Snippets;
using Platform.Tenants;

namespace Platform.Benchmarks.Hosting;

/// <summary>
/// Makes users and opens sessions as sign-in does after the password was found right: through the user's grain, which lists the session durably, to the
/// session's grain, which writes it durably. Only the password hash is left out: it would measure nothing but itself.
/// </summary>
/// <remarks>Secrets follow from a key of the run and the number of the session, so that nothing is kept per session that memory would count.</remarks>
internal sealed class SessionMaker
{
    private const string PasswordHash = "never compared";

    private static readonly SessionPolicy Policy = new(TimeSpan.FromMinutes(30), TimeSpan.FromDays(1));

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly TenantId _tenant = PrefixedId.New<TenantId>(TimeProvider.System);
    private readonly Lock _gate = new();
    private Task? _made;

    public async Task<UserId> NewUserAsync(BenchmarkSilo silo, int number)
    {
        await TenantAsync(silo);
        var id = PrefixedId.New<UserId>(silo.Clock);
        var name = $"user-{number}";
        await silo.Grains.UserInternal(id).CreateAsync(
            new NewAccount
            {
                TenantId = _tenant,
                Username = name,
                NormalisedName = name,
                Email = $"{name}@example.com",
                PasswordHash = PasswordHash,
                Permissions = Permissions.Read | Permissions.Edit,
            },
            default);
        return id;
    }

    public async Task<SessionId> OpenAsync(BenchmarkSilo silo, UserId user, int number)
    {
        var outcome = await silo.Grains.UserInternal(user).CompletePasswordAsync(
            new OpenSessionRequest
            {
                VerifiedHash = PasswordHash,
                PasswordVersion = 0,
                SecretHash = SecretHash(number),
                Policy = Policy,
                TenantEpoch = 0,
                Client = new ClientInfo("192.0.2.1", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
            },
            default);
        return outcome.Value?.Session?.Id ?? throw new InvalidOperationException($"A session was refused: {outcome.Refusal}.");
    }

    /// <summary>As a host knows who acts from the session.</summary>
    public Actor ActorOf(UserId user, SessionId session) => new() { TenantId = _tenant, UserId = user, SessionId = session, Permissions = Permissions.Read | Permissions.Edit };

    /// <summary>One for all users.</summary>
    private Task TenantAsync(BenchmarkSilo silo)
    {
        lock (_gate)
        {
            return _made ??= silo.Grains.TenantInternal(_tenant).CreateAsync(
                new CreateTenantRequest { Slug = "benchmark", Name = "Benchmark", Edition = TenantEdition.Developer, Owner = default, PrimarySnippet = new SnippetPublication { Id = default, Domains = [] } },
                default);
        }
    }

    public ImmutableArray<byte> SecretHash(int number)
    {
        Span<byte> secret = stackalloc byte[SessionToken.SecretSize];
        Secret(number, secret);
        return ImmutableArray.Create(SHA256.HashData(secret));
    }

    public string Token(TokenKey key, SessionId id, int number, DateTimeOffset expiry)
    {
        Span<byte> secret = stackalloc byte[SessionToken.SecretSize];
        Secret(number, secret);
        return SessionToken.Seal(key, id, secret, expiry);
    }

    private void Secret(int number, Span<byte> secret) => HMACSHA256.HashData(_key, BitConverter.GetBytes(number), secret);
}
