using System.Collections.Immutable;
using System.Security.Cryptography;
using Platform.Sessions;
using Platform.SignIn;
using Platform.Snippets;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Testing.Silos;

/// <summary>What hosts ask of a silo in this process, on behalf of actors that a test makes up.</summary>
internal abstract class SiloCalls
{
    public const string OwnerPassword = "Quiet-Harbour-71";

    public abstract IGrainFactory Grains { get; }

    public abstract LiveSessions Live { get; }

    public abstract ManualTimeProvider Time { get; }

    /// <summary>A tenant of its own for one test, with its owner's actor.</summary>
    public async Task<(TenantView Tenant, Actor Owner)> NewTenantAsync()
    {
        var slug = "t" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var created = await Grains.TenantRegistration().CreateAsync(
            OperatorActor,
            new NewTenant { Slug = slug, Name = slug, Edition = TenantEdition.Standard, AdminUsername = "owner", AdminEmail = "owner@example.com", AdminPassword = OwnerPassword },
            default);
        var tenant = created.Value.ShouldNotBeNull($"{created.Refusal}");
        var (session, _) = await SignInAsync(slug, "owner", OwnerPassword);
        return (tenant, ActorOf(session.ShouldNotBeNull()));
    }

    public async Task<UserView> NewUserAsync(Actor owner, string username, Permissions permissions = Permissions.Read, string? role = null) =>
        (await TryNewUserAsync(owner, username, permissions, role)).Value.ShouldNotBeNull();

    public Task<Outcome<UserView>> TryNewUserAsync(Actor owner, string username, Permissions permissions = Permissions.Read, string? role = null) =>
        Grains.UserRegistration().CreateAsync(
            owner,
            new NewUser { TenantId = owner.TenantId, Username = username, Email = "someone@example.com", Password = OwnerPassword, Permissions = permissions, Role = role },
            default);

    public async Task<(SessionView? Session, ImmutableArray<byte> SecretHash)> SignInAsync(string tenant, string username, string password, PageOrigin? page = null)
    {
        var outcome = await TrySignInAsync(tenant, username, password, NewSecretHash(out var hash), page);
        return (outcome.Value?.Session, hash);
    }

    public Task<Outcome<SignInResult>> TrySignInAsync(string tenant, string username, string password, ImmutableArray<byte> hash, PageOrigin? page = null) =>
        Grains.SignIn().SignInAsync(
            new SignInRequest { Tenant = tenant, Username = username, Password = password, SecretHash = hash, Client = Client, Page = page },
            default);

    /// <summary>From an address of one's own choice.</summary>
    public Task<Outcome<SignInResult>> TrySignInFromAsync(string ip, string tenant, string username, string password) =>
        Grains.SignIn().SignInAsync(
            new SignInRequest { Tenant = tenant, Username = username, Password = password, SecretHash = NewSecretHash(out _), Client = new ClientInfo(ip, "tests") },
            default);

    /// <summary>What any host would answer: the record in this process, or the grain.</summary>
    public async Task<SessionState> PeekAsync(SessionId id, ImmutableArray<byte> hash, PageOrigin? page = null) =>
        Live.TryGet(id, out var live) && live.Peek(hash.AsSpan(), null, Time.GetUtcNow(), page) is { } state
            ? state
            : (await Grains.Session(id).PeekAsync(hash, null, page, default)).State;

    public static ClientInfo Client { get; } = new("192.0.2.1", "tests");

    public static Actor ActorOf(SessionView session) => new()
    {
        TenantId = session.TenantId,
        UserId = session.UserId,
        SessionId = session.Id,
        Permissions = session.Subject.Permissions,
        AuthenticatedAt = session.CreatedAt,
        SecondFactorAt = session.SecondFactorAt,
    };

    public static ImmutableArray<byte> NewSecretHash(out ImmutableArray<byte> hash) => hash = [.. SHA256.HashData(RandomNumberGenerator.GetBytes(32))];

    public static Actor OperatorActor { get; } =
        new() { TenantId = default, UserId = default, SessionId = default, Permissions = Permissions.Owner | Permissions.Operate };
}
