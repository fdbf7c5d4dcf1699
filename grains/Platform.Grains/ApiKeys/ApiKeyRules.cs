using Platform.Text;

namespace Platform.ApiKeys;

/// <summary>What a key may be and when it ends. Pure: nothing counts before the result is written.</summary>
internal static class ApiKeyRules
{
    /// <summary>A date that is further away is a slip, such as milliseconds for seconds or a digit too many. Who wants a key without an end says so by naming none.</summary>
    public const int MaxYears = 10;

    public static IEnumerable<InputError> Check(NewApiKey asked, DateTimeOffset now)
    {
        if (!Names.IsVisible(asked.Name)) yield return new InputError("/name", "invalid_name", $"Use 1 to {Names.MaxLength} visible characters.");
        if (asked.Scopes == ApiKeyScopes.None) yield return new InputError("/scopes", "missing", "Name at least one scope.");
        if (asked.ExpiresAt <= now || asked.ExpiresAt > now.AddYears(MaxYears))
        {
            yield return new InputError("/expiresAt", "out_of_range", $"Use a time from now to {MaxYears} years from now, or null for a key that does not expire.");
        }
    }

    /// <param name="key">As stored.</param>
    /// <param name="now">By the clock of now.</param>
    /// <param name="seen">A check has found it over, under whatever clock.</param>
    public static StoredApiKey AsOf(StoredApiKey key, DateTimeOffset now, bool seen) => key.ExpiresAt <= now || seen ? key with { HasExpired = true } : key;
}
