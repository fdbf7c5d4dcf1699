using Platform.Users;

namespace Platform.Internal;

/// <summary>What of a user decides whether it can manage users: only active ones do.</summary>
[GenerateSerializer, Immutable, Alias("platform.UserStanding")]
internal sealed record ManagerEligibility([property: Id(0)] UserStatus Status, [property: Id(1)] Permissions Permissions, [property: Id(2)] string? Role);
