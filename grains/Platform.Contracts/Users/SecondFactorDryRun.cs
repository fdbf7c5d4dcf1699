using System.Collections.Immutable;

namespace Platform.Users;

/// <summary>Whom it would meet if a tenant required a second factor now.</summary>
/// <param name="ActiveUsers">Who can sign in.</param>
/// <param name="Without">Of them, who has no second factor: with their next call, or sign-in, they can only set one up.</param>
/// <param name="NotKnown">Of them, who has not changed since lists know of factors.</param>
/// <param name="First">The first of those without, as lists show them.</param>
[GenerateSerializer, Immutable, Alias("platform.SecondFactorDryRun")]
public sealed record SecondFactorDryRun(
    [property: Id(0)] long ActiveUsers, [property: Id(1)] long Without, [property: Id(2)] long NotKnown, [property: Id(3)] ImmutableArray<UserView> First);
