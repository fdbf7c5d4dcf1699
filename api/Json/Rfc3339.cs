using System.Globalization;
using System.Text.RegularExpressions;

namespace Platform.Api.Json;

/// <summary>Times of RFC 3339, section 5.6, with all that it allows: any number of digits behind the second, of which a tick's seven count, and a leap second, which is the next one.</summary>
internal static partial class Rfc3339
{
    private const int MaxLength = 64;
    private const int TickDigits = 7;

    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length > MaxLength || Form().Match(text) is not { Success: true } match) return false;
        var (minute, second, offset) = (match.Groups["minute"].Value, match.Groups["second"].Value, match.Groups["offset"].Value);
        var isLeap = second == "60";
        if (!DateTimeOffset.TryParse($"{minute}:{(isLeap ? "59" : second)}{offset}", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var whole)) return false;
        var ticks = long.Parse(match.Groups["fraction"].Value.PadRight(TickDigits, '0')[..TickDigits], CultureInfo.InvariantCulture);
        if (isLeap) ticks += TimeSpan.TicksPerSecond;
        if (DateTimeOffset.MaxValue.UtcTicks - whole.UtcTicks < ticks) return false;
        time = whole.AddTicks(ticks);
        return true;
    }

    [GeneratedRegex(@"^(?<minute>\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}):(?<second>\d{2})(\.(?<fraction>\d+))?(?<offset>[Zz]|[+-]\d{2}:\d{2})\z", RegexOptions.ECMAScript, matchTimeoutMilliseconds: 100)]
    private static partial Regex Form();
}
