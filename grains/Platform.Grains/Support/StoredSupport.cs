using System.Collections.Immutable;

namespace Platform.Support;

[GenerateSerializer, Immutable, Alias("platform.StoredSupport")]
internal sealed record StoredSupport
{
    /// <summary>Requested and active ones only, so that it stays small; the table keeps those that have ended.</summary>
    [Id(0)] public ImmutableArray<SupportGrant> Open { get; init; } = [];
}
