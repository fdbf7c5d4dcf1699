namespace Platform.Internal;

/// <summary>What has ended of a user after the backup, as the journal of endings says.</summary>
[GenerateSerializer, Immutable, Alias("platform.UserEndings")]
internal sealed record UserEndings
{
    [Id(0)] public bool Disabled { get; init; }
    [Id(1)] public bool Deleted { get; init; }
    [Id(2)] public bool Erased { get; init; }

    /// <summary>A password that was set before this was replaced since. Null: none was.</summary>
    [Id(3)] public DateTimeOffset? PasswordReplacedAt { get; init; }

    /// <summary>A factor that was set up before this was removed since.</summary>
    [Id(4)] public DateTimeOffset? TotpRemovedAt { get; init; }

    /// <inheritdoc cref="TotpRemovedAt"/>
    [Id(5)] public DateTimeOffset? PhoneRemovedAt { get; init; }

    /// <summary>Those were set up; where the backup does not have them, they are lost.</summary>
    [Id(6)] public bool TotpEnabled { get; init; }
    [Id(7)] public bool PhoneEnabled { get; init; }
    [Id(8)] public bool RecoveryCodesReplaced { get; init; }

    /// <summary>Null: not changed.</summary>
    [Id(9)] public RightsEnding? Rights { get; init; }
}

/// <summary>The rights that a user had last.</summary>
/// <param name="Role">Null: permissions of its own.</param>
/// <param name="Permissions">Without meaning where there is a role.</param>
/// <param name="IsWhole">Nothing is unknown. If something is, the user has no more than the backup says either.</param>
[GenerateSerializer, Immutable, Alias("platform.RightsEnding")]
internal sealed record RightsEnding([property: Id(0)] string? Role, [property: Id(1)] Permissions Permissions, [property: Id(2)] bool IsWhole);
