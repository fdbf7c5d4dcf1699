using Platform.Text;

namespace Platform.ApiKeys;

/// <summary>What a key may be and when it ends. Pure: nothing counts before the result is written.</summary>
internal static class ApiKeyRules
{
    /// <summary>A date that is further away is a slip, such as milliseconds for seconds or a digit too many. Who wants a key without an end says so by naming none.</summary>
    public const int MaxYears = 10;

    /// <summary>Enough to reach whoever holds the secret, over a weekend and a holiday; a secret that is replaced because it leaked needs none of it.</summary>
    public static readonly TimeSpan MaxOverlap = TimeSpan.FromDays(7);

    public static IEnumerable<InputError> Check(NewApiKey asked, DateTimeOffset now)
    {
        if (!Names.IsVisible(asked.Name)) yield return new InputError("/name", "invalid_name", $"Use 1 to {Names.MaxLength} visible characters.");
        if (asked.Scopes == ApiKeyScopes.None) yield return new InputError("/scopes", "missing", "Name at least one scope.");
        if (asked.ExpiresAt <= now || asked.ExpiresAt > now.AddYears(MaxYears))
        {
            yield return new InputError("/expiresAt", "out_of_range", $"Use a time from now to {MaxYears} years from now, or null for a key that does not expire.");
        }
    }

    public static StoredApiKey Make(NewApiKey asked, UserId maker, DateTimeOffset now) => new()
    {
        Id = asked.Id,
        Name = asked.Name,
        Scopes = asked.Scopes,
        SecretHash = asked.SecretHash,
        Prefix = asked.Prefix,
        CreatedAt = now,
        CreatedBy = maker,
        ExpiresAt = asked.ExpiresAt,
    };

    public static ApiKeyView ViewOf(TenantId tenant, StoredApiKey key) => new()
    {
        Id = key.Id,
        TenantId = tenant,
        Name = key.Name,
        Scopes = key.Scopes,
        Prefix = key.Prefix,
        CreatedAt = key.CreatedAt,
        CreatedBy = key.CreatedBy,
        ExpiresAt = key.ExpiresAt,
        PreviousSecretExpiresAt = key.Previous?.ExpiresAt,
        Sponsor = key.Sponsor,
        IsDormant = key.IsDormant,
    };

    public static IEnumerable<InputError> Check(ApiKeyRotation asked)
    {
        if (asked.Overlap < TimeSpan.Zero || asked.Overlap > MaxOverlap) yield return new InputError("/overlap", "out_of_range", "Use PT0S to P7D.");
    }

    /// <summary>With the new secret. Of earlier ones only the one that was current counts on; where the call is repeated, it stays the one that counted on before.</summary>
    public static StoredApiKey Rotated(StoredApiKey key, ApiKeyRotation rotation, DateTimeOffset now)
    {
        if (rotation.Operation is { } operation && operation == key.Rotation) return key with { SecretHash = rotation.SecretHash };
        var previous = new StoredPreviousSecret { SecretHash = key.SecretHash, RotatedAt = now, ExpiresAt = now + rotation.Overlap };
        return key with { SecretHash = rotation.SecretHash, Previous = rotation.Overlap > TimeSpan.Zero ? previous : null, Rotation = rotation.Operation };
    }

    /// <param name="key">As stored.</param>
    /// <param name="now">By the clock of now.</param>
    /// <param name="record">In this process; what its checks have found over is over, under whatever clock they did.</param>
    /// <param name="sponsored">Whether its sponsor could make it now; null: not known for certain.</param>
    public static StoredApiKey AsOf(StoredApiKey key, DateTimeOffset now, LiveApiKey? record, bool? sponsored = null)
    {
        var isOver = key.ExpiresAt <= now || record is { HasEnded: true };
        var keepsPrevious = key.Previous is { } previous && previous.ToLive().IsOpen(now) && record is not { HasPreviousSecret: false };
        var hasExpired = key.HasExpired || isOver;
        var isDormant = sponsored is { } counts && !hasExpired ? !counts : key.IsDormant;
        return key with { HasExpired = hasExpired, Previous = keepsPrevious ? key.Previous : null, IsDormant = isDormant };
    }
}
