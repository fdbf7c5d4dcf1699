using System.Collections.Immutable;

namespace Platform.Users;

/// <summary>With what and from where a user has signed in lately, so that the user is told of what is new.</summary>
[GenerateSerializer, Immutable, Alias("platform.StoredSignInHistory")]
internal sealed record StoredSignInHistory
{
    public static readonly StoredSignInHistory None = new();

    /// <summary>Latest last.</summary>
    [Id(0)] public ImmutableArray<SeenAtSignIn> Devices { get; init; } = [];

    /// <summary>Latest last.</summary>
    [Id(1)] public ImmutableArray<SeenAtSignIn> Networks { get; init; } = [];

    /// <summary>When the user was told within the last day.</summary>
    [Id(2)] public ImmutableArray<DateTimeOffset> NoticesAt { get; init; } = [];

    /// <summary>Prints none of it.</summary>
    public override string ToString() => nameof(StoredSignInHistory);
}
