using System.Collections.Immutable;

namespace Platform.Privacy;

/// <summary>
/// A signed statement that a user was erased (row PRIVACY): what was erased, and which event of the tenant's log records it. Signed like a checkpoint of the log, with
/// the same keys, so that it can be checked without the platform.
/// </summary>
[GenerateSerializer, Immutable, Alias("platform.ErasureCertificate")]
public sealed record ErasureCertificate
{
    [Id(0)] public required ErasureId Id { get; init; }
    [Id(1)] public required TenantId TenantId { get; init; }
    [Id(2)] public required UserId UserId { get; init; }
    [Id(3)] public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>Null while the erasure is under way; then the members below are absent, too.</summary>
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

/// <summary>Names of the parts that an erasure removes. Names are for ever.</summary>
public static class ErasedParts
{
    /// <summary>In the order of removal. The last one is the user's data key, and with it all data that it seals, wherever it is.</summary>
    public static readonly ImmutableArray<string> All =
        ["sessions", "scenario_grants", "notifications", "sign_in_throttles", "username", "account", "second_factors", "kept_answers", "data_key"];
}
