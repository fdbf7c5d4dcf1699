namespace Platform.Internal;

/// <summary>A user's name, and the address to which notifications go.</summary>
[GenerateSerializer, Immutable, Alias("platform.UserContact")]
internal sealed record UserContact([property: Id(0)] string Username, [property: Id(1)] string Email);
