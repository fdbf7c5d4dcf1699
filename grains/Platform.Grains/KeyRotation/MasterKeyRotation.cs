using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Security;

namespace Platform.KeyRotation;

/// <summary>A rotation of the master key as it stands in table <c>secrets</c>: a run that was killed goes on from it. Member names are for ever.</summary>
internal sealed record MasterKeyRotation
{
    /// <summary>Links that were sent open under the former key for so long: an invitation lives seven days, and no link longer.</summary>
    public static readonly TimeSpan LongestLink = TimeSpan.FromDays(7) + TimeSpan.FromHours(1);

    public required MasterKeyRotationStep Step { get; init; }

    /// <summary>Fingerprint of the key that becomes current.</summary>
    public required byte[] Next { get; init; }

    /// <summary>Fingerprint of the key before it.</summary>
    public required byte[] Former { get; init; }

    public required DateTimeOffset AnnouncedAt { get; init; }

    public DateTimeOffset? CurrentAt { get; init; }

    /// <summary>When the last process had begun to wrap with the new key.</summary>
    public DateTimeOffset? WrappingSince { get; init; }

    public DateTimeOffset? WrappedAt { get; init; }

    public DateTimeOffset? RetiredAt { get; init; }

    /// <summary>Links that were sent and answers that were kept may end with the former key at once.</summary>
    public bool RetireNow { get; init; }

    /// <summary>How far the wrapping is.</summary>
    public string Cursor { get; init; } = "";

    /// <summary>Who began it, for the access log.</summary>
    public string? StartedBy { get; init; }

    /// <summary>What the step waits for, in words for the operator; null: for nothing.</summary>
    public string? WaitsFor { get; init; }

    [JsonIgnore]
    public bool IsUnderWay => Step is > MasterKeyRotationStep.None and < MasterKeyRotationStep.Retired;

    [JsonIgnore]
    public string NextId => MasterKey.IdOf(Next);

    [JsonIgnore]
    public string FormerId => MasterKey.IdOf(Former);

    /// <summary>Whether the former key may go.</summary>
    public bool MayRetire(DateTimeOffset now) => RetireNow || (WrappedAt is { } wrapped && now >= wrapped + LongestLink);

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, RotationJson.Default.MasterKeyRotation);

    /// <exception cref="JsonException">It was altered, or a newer version of the platform wrote it.</exception>
    public static MasterKeyRotation Parse(byte[] stored) => JsonSerializer.Deserialize(stored, RotationJson.Default.MasterKeyRotation) ?? throw new JsonException();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(MasterKeyRotation))]
internal sealed partial class RotationJson : JsonSerializerContext;
