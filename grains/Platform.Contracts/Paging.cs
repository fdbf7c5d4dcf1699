using System.Collections.Immutable;

namespace Platform;

/// <summary>A part of a list: up to <see cref="Limit"/> items (1..200) after the key <see cref="After"/>.</summary>
[GenerateSerializer, Immutable, Alias("platform.PageRequest")]
public sealed record PageRequest([property: Id(0)] int Limit, [property: Id(1)] string? After);

/// <summary>One keyset page. <see cref="Next"/> is the key after which the next page begins, null at the end. Hosts seal it into a cursor.</summary>
[GenerateSerializer, Immutable, Alias("platform.Page`1")]
public sealed record Page<T>([property: Id(0)] ImmutableArray<T> Items, [property: Id(1)] string? Next) where T : class;
