namespace Platform.Internal;

/// <summary>A user whose input was checked, whose name was claimed and whose password, where there is one, was hashed.</summary>
[GenerateSerializer, Immutable, Alias("platform.NewAccount")]
internal sealed record NewAccount
{
    [Id(0)] public required TenantId TenantId { get; init; }
    [Id(1)] public required string Username { get; init; }
    [Id(2)] public required string NormalisedName { get; init; }
    [Id(3)] public required string Email { get; init; }

    /// <summary>Null: the user is invited.</summary>
    [Id(4)] public required string? PasswordHash { get; init; }
    [Id(5)] public required Permissions Permissions { get; init; }
    [Id(20)] public string? Role { get; init; }

    /// <inheritdoc cref="Users.NewUser.MustChangePassword"/>
    [Id(21)] public bool MustChangePassword { get; init; }

    /// <summary>Who makes it; null: the platform.</summary>
    [Id(30)] public Actor? Actor { get; init; }

    /// <summary>Prints no hash.</summary>
    public override string ToString() => nameof(NewAccount);
}
