using System.Collections.Immutable;

namespace Platform.Idempotency;

/// <summary>A key as its caller owns it. Keys of different people never meet.</summary>
internal readonly record struct IdempotencyKey(TenantId TenantId, UserId UserId, string Key);

internal sealed record IdempotencyRow
{
    public required ImmutableArray<byte> RequestHash { get; init; }
    public required Guid OperationId { get; init; }

    /// <summary>Until then the call that began is taken to be running.</summary>
    public required DateTimeOffset RunningUntil { get; init; }

    /// <summary>Null while there is none.</summary>
    public required IdempotentAnswer? Answer { get; init; }
}
