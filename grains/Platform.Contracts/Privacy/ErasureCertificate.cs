using System.Collections.Immutable;

namespace Platform.Privacy;

/// <summary>
/// A signed statement that a user was erased (row PRIVACY): what went, and which event of the tenant's log tells of it. Signed like a checkpoint of the log, with
/// the same keys, so that it can be checked without the platform.
/// </summary>
[GenerateSerializer, Immutable, Alias("platform.ErasureCertificate")]
public sealed record ErasureCertificate
{
    [Id(0)] public required ErasureId Id { get; init; }
    [Id(1)] public required TenantId TenantId { get; init; }
    [Id(2)] public required UserId UserId { get; init; }
    [Id(3)] public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>Null while it is under way; then nothing below is there either.</summary>
    [Id(4)] public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>What was removed or made unreadable; see <see cref="ErasedParts"/>.</summary>
    [Id(5)] public ImmutableArray<string> What { get; init; } = [];

    /// <summary>The event <c>user.erased</c> in the tenant's log.</summary>
    [Id(6)] public long? LogSequence { get; init; }
    [Id(7)] public ImmutableArray<byte>? LogHash { get; init; }
    [Id(8)] public string? KeyId { get; init; }
    [Id(9)] public ImmutableArray<byte>? Signature { get; init; }

    public bool IsComplete => CompletedAt is not null;
}

/// <summary>Names of what an erasure takes. Names are for ever.</summary>
public static class ErasedParts
{
    /// <summary>In the order in which they go; the last one is the user's data key, and with it all that is sealed under it, wherever it lies.</summary>
    public static readonly ImmutableArray<string> All =
        ["sessions", "scenario_grants", "notifications", "sign_in_throttles", "username", "account", "second_factors", "kept_answers", "data_key"];
}
