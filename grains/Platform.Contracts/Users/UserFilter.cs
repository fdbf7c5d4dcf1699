namespace Platform.Users;

/// <summary>Whether, and by which means, a user can prove more than a password.</summary>
public enum SecondFactorFilter
{
    None = 1,
    Any = 2,
    Totp = 3,
    Sms = 4,
}

/// <summary>Which users of a tenant a list shows: those for whom all that is given holds.</summary>
[GenerateSerializer, Immutable, Alias("platform.UserFilter")]
public sealed record UserFilter
{
    public static readonly UserFilter All = new();

    /// <summary>A part of name or address, without regard to case. Who has it as a whole comes first; then the list goes on in order.</summary>
    [Id(0)] public string? Search { get; init; }

    /// <summary>Compared as at sign-in.</summary>
    [Id(1)] public string? Username { get; init; }

    /// <summary>The whole address, without regard to case.</summary>
    [Id(2)] public string? Email { get; init; }
    [Id(3)] public UserStatus? Status { get; init; }

    /// <summary>As lists show it (<see cref="UserView.EffectiveRole"/>).</summary>
    [Id(4)] public string? Role { get; init; }
    [Id(5)] public SecondFactorFilter? SecondFactor { get; init; }

    /// <summary>Those who never signed in, too.</summary>
    [Id(6)] public DateTimeOffset? LastSignInBefore { get; init; }

    /// <summary>What it tells of others only managers may know.</summary>
    public bool IsForManagers => SecondFactor is not null || LastSignInBefore is not null;

    /// <summary>Prints no name and no address.</summary>
    public override string ToString() => nameof(UserFilter);
}
