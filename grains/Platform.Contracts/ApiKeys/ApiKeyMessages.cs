using System.Collections.Immutable;

namespace Platform.ApiKeys;

/// <summary>The purpose of a key. Stored as numbers: values are for ever.</summary>
[Flags]
public enum ApiKeyScopes
{
    None = 0,

    /// <summary>Ask whether sessions of the tenant are live.</summary>
    Introspect = 1,

    /// <summary>Calls that need <see cref="Permissions.Read"/>, as far as they are open to keys.</summary>
    Read = 2,

    /// <summary>Read the access log.</summary>
    Audit = 4,

    /// <summary>Make, change, disable and delete users, set what they may do, and end their sessions.</summary>
    Users = 8,

    /// <summary>Make, change, publish and delete snippets, and their domains.</summary>
    Snippets = 16,

    /// <summary>Make, change, start, pause and delete scenarios.</summary>
    Scenarios = 32,

    /// <summary>List and end sessions, those of the whole tenant too.</summary>
    Sessions = 64,
}

/// <summary>Names of scopes in the API, and the permission that giving one needs.</summary>
public static class ApiKeyScopeNames
{
    private static readonly (ApiKeyScopes Value, string Name, Permissions Needs)[] All =
    [
        (ApiKeyScopes.Introspect, "introspect", Permissions.ManageUsers),
        (ApiKeyScopes.Read, "read", Permissions.Read),
        (ApiKeyScopes.Audit, "audit", Permissions.ManageUsers),
        (ApiKeyScopes.Users, "users", Permissions.ManageUsers),
        (ApiKeyScopes.Snippets, "snippets", Permissions.Read | Permissions.Edit),
        (ApiKeyScopes.Scenarios, "scenarios", Permissions.Read | Permissions.Edit | Permissions.Collaborate),
        (ApiKeyScopes.Sessions, "sessions", Permissions.ManageUsers),
    ];

    /// <summary>All of them, in the order in which they are shown.</summary>
    public static IEnumerable<string> Known => All.Select(scope => scope.Name);

    public static IReadOnlyList<string> ToNames(ApiKeyScopes scopes) => [.. All.Where(scope => scopes.HasFlag(scope.Value)).Select(scope => scope.Name)];

    public static bool TryParse(string? name, out ApiKeyScopes scope)
    {
        scope = All.FirstOrDefault(known => known.Name == name).Value;
        return scope != ApiKeyScopes.None;
    }

    /// <summary>Nobody gives a key what they do not hold (threat T46).</summary>
    public static Permissions NeededToGrant(ApiKeyScopes scopes) =>
        All.Where(scope => scopes.HasFlag(scope.Value)).Aggregate(Permissions.ManageUsers, (needed, scope) => needed | scope.Needs);
}

/// <summary>A key as managers may see it: nothing secret.</summary>
[GenerateSerializer, Immutable, Alias("platform.ApiKeyView")]
public sealed record ApiKeyView
{
    [Id(0)] public required ApiKeyId Id { get; init; }
    [Id(1)] public required TenantId TenantId { get; init; }
    [Id(2)] public required string Name { get; init; }
    [Id(3)] public required ApiKeyScopes Scopes { get; init; }

    /// <summary>The first characters of its text, which are no secret.</summary>
    [Id(4)] public required string Prefix { get; init; }
    [Id(5)] public required DateTimeOffset CreatedAt { get; init; }
    [Id(6)] public required UserId CreatedBy { get; init; }

    /// <summary>Coarse: to a minute or two. Null: never.</summary>
    [Id(7)] public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Null: it does not expire.</summary>
    [Id(8)] public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Until when the secret that the last rotation replaced counts, too; null: there is none that counts.</summary>
    [Id(9)] public DateTimeOffset? PreviousSecretExpiresAt { get; init; }

    /// <summary>The user for whom it counts: its maker, until somebody takes it over.</summary>
    [Id(10)] public UserId Sponsor { get; init; }

    /// <summary>It counts for nobody now, because its sponsor could not make it.</summary>
    [Id(11)] public bool IsDormant { get; init; }
}

/// <summary>A key to be made. Its secret stays with the host that shows it once.</summary>
[GenerateSerializer, Immutable, Alias("platform.NewApiKey")]
public sealed record NewApiKey
{
    [Id(0)] public required ApiKeyId Id { get; init; }
    [Id(1)] public required string Name { get; init; }
    [Id(2)] public required ApiKeyScopes Scopes { get; init; }

    /// <summary>SHA-256 of the 256-bit secret.</summary>
    [Id(3)] public required ImmutableArray<byte> SecretHash { get; init; }
    [Id(4)] public required string Prefix { get; init; }

    /// <inheritdoc cref="ApiKeyView.ExpiresAt"/>
    [Id(5)] public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A new secret for a key that is there.</summary>
[GenerateSerializer, Immutable, Alias("platform.ApiKeyRotation")]
public sealed record ApiKeyRotation
{
    /// <inheritdoc cref="NewApiKey.SecretHash"/>
    [Id(0)] public required ImmutableArray<byte> SecretHash { get; init; }

    /// <summary>For how long the secret that it replaces counts, too.</summary>
    [Id(1)] public required TimeSpan Overlap { get; init; }

    /// <summary>Names the call, where its caller may repeat it; null: it is not repeated.</summary>
    [Id(2)] public Guid? Operation { get; init; }
}

/// <summary>The rights of a key's holder.</summary>
[GenerateSerializer, Immutable, Alias("platform.ApiKeyGrant")]
public sealed record ApiKeyGrant
{
    [Id(0)] public required ApiKeyId Id { get; init; }
    [Id(1)] public required TenantId TenantId { get; init; }
    [Id(2)] public required ApiKeyScopes Scopes { get; init; }
    [Id(3)] public required string Name { get; init; }

    /// <inheritdoc cref="ApiKeyView.Sponsor"/>
    [Id(4)] public UserId Sponsor { get; init; }
}

public enum ApiKeyState
{
    /// <summary>No such key, deleted, expired, or the secret does not belong to it. Final.</summary>
    Unknown = 0,
    Live = 1,

    /// <summary>Its tenant is suspended; it may live again.</summary>
    Suspended = 2,

    /// <summary>A rule of the tenant refuses the address; it lives on elsewhere.</summary>
    IpNotAllowed = 3,

    /// <summary>Its sponsor is gone, disabled, or lacks a right that its scopes need; it may live again.</summary>
    Dormant = 4,
}

/// <param name="State">The state of the key.</param>
/// <param name="Grant">Present exactly when <see cref="ApiKeyState.Live"/>.</param>
/// <param name="SponsorRights">What its sponsor may do in the tenant now: no call with the key may do more.</param>
[GenerateSerializer, Immutable, Alias("platform.ApiKeyCheck")]
public readonly record struct ApiKeyCheck([property: Id(0)] ApiKeyState State, [property: Id(1)] ApiKeyGrant? Grant, [property: Id(2)] Permissions SponsorRights);
