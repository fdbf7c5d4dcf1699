using System.Collections.Immutable;

namespace Platform.ApiKeys;

[GenerateSerializer, Immutable, Alias("platform.StoredApiKeys")]
internal sealed record StoredApiKeys
{
    [Id(0)] public ImmutableArray<StoredApiKey> Keys { get; init; } = [];
}

[GenerateSerializer, Immutable, Alias("platform.StoredApiKey")]
internal sealed record StoredApiKey
{
    [Id(0)] public ApiKeyId Id { get; init; }
    [Id(1)] public string Name { get; init; } = "";
    [Id(2)] public ApiKeyScopes Scopes { get; init; }

    /// <inheritdoc cref="NewApiKey.SecretHash"/>
    [Id(3)] public ImmutableArray<byte> SecretHash { get; init; } = [];
    [Id(4)] public string Prefix { get; init; } = "";
    [Id(5)] public DateTimeOffset CreatedAt { get; init; }
    [Id(6)] public UserId CreatedBy { get; init; }
    [Id(7)] public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Its end has been seen, and stays whatever the clock says later.</summary>
    [Id(8)] public bool HasExpired { get; init; }

    /// <summary>Null: none counts beside <see cref="SecretHash"/>.</summary>
    [Id(9)] public StoredPreviousSecret? Previous { get; init; }

    /// <summary>The call that has made the secret by a rotation, if its caller may repeat it.</summary>
    [Id(10)] public Guid? Rotation { get; init; }

    /// <summary>Who has taken it over; null: it counts for its maker.</summary>
    [Id(11)] public UserId? TakenOverBy { get; init; }

    /// <summary>The access log says that it is dormant, and managers were told.</summary>
    [Id(12)] public bool IsDormant { get; init; }

    public UserId Sponsor => TakenOverBy ?? CreatedBy;
}

/// <inheritdoc cref="PreviousSecret"/>
[GenerateSerializer, Immutable, Alias("platform.StoredPreviousSecret")]
internal sealed record StoredPreviousSecret
{
    [Id(0)] public ImmutableArray<byte> SecretHash { get; init; } = [];
    [Id(1)] public DateTimeOffset RotatedAt { get; init; }
    [Id(2)] public DateTimeOffset ExpiresAt { get; init; }

    public PreviousSecret ToLive() => new(SecretHash, RotatedAt, ExpiresAt);
}
