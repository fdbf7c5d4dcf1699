using Platform.Security;

namespace Platform.SignIn;

/// <summary>Keys of throttles and alerts: <c>grd_&lt;tenant&gt;/&lt;blind index&gt;</c>, for existing accounts and for others alike.</summary>
internal static class SignInAccounts
{
    private const string Prefix = "grd_";

    /// <param name="tenant">One that nobody can have where there is no such tenant.</param>
    /// <param name="blindIndex">From <see cref="UsernameBlindIndex.Of"/>.</param>
    public static string Key(TenantId tenant, string blindIndex) => $"{Prefix}{tenant}/{blindIndex}";

    public static ISignInThrottleGrain SignInThrottle(this IGrainFactory grains, string key) => grains.GetGrain<ISignInThrottleGrain>(key);

    public static IFailedSignInAlertGrain FailedSignInAlert(this IGrainFactory grains, string key) => grains.GetGrain<IFailedSignInAlertGrain>(key);

    public static TenantId TenantOf(string key) => TryParse(key, out var tenant, out _) ? tenant : throw new ArgumentException("Not the key of a throttle.", nameof(key));

    public static bool TryParse(string key, out TenantId tenant, out string blindIndex)
    {
        blindIndex = "";
        tenant = default;
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || slash < 0 || !TenantId.TryParse(key[Prefix.Length..slash], out tenant)) return false;
        blindIndex = key[(slash + 1)..];
        return true;
    }
}
