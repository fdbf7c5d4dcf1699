using System.Collections.Immutable;

namespace Platform.Security;

[GenerateSerializer, Immutable, Alias("platform.StoredKeyRing")]
internal sealed record StoredKeyRing
{
    [Id(0)] public ImmutableArray<WrappedKey> Keys { get; init; } = [];
}
