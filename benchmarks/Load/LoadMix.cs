using System.Globalization;
using Platform.Hosting.Settings;

namespace Platform.Benchmarks.Load;

/// <summary>Which part of the requests is which call.</summary>
internal sealed class LoadMix
{
    /// <summary>Parts are told in percent, down to a thousandth of one.</summary>
    private const int Whole = 100_000;

    private readonly (LoadCall Call, int Until)[] _parts;

    private LoadMix((LoadCall, int)[] parts, string text) => (_parts, Text) = (parts, text);

    public string Text { get; }

    public IEnumerable<LoadCall> Calls => _parts.Select(part => part.Call);

    /// <param name="drawn">Any number, all as likely.</param>
    public LoadCall Pick(uint drawn)
    {
        var at = (int)((ulong)drawn * Whole >> 32);
        foreach (var (call, until) in _parts)
        {
            if (at < until) return call;
        }

        return _parts[^1].Call;
    }

    /// <param name="text">Such as <c>peek=90,touch=9,sign-in=1</c>, in percent.</param>
    public static LoadMix Parse(string text)
    {
        var parts = new List<(LoadCall, int)>();
        var sum = 0;
        foreach (var part in text.Split(','))
        {
            if (part.Split('=') is not [var name, var value]) throw new UsageException($"--mix: '{part}' is no part such as peek=90.");
            var call = Find(name);
            if (parts.Exists(known => known.Item1 == call)) throw new UsageException($"--mix names {name} twice.");
            if (!decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) || percent is <= 0 or > 100 || percent * 1000 % 1 != 0)
            {
                throw new UsageException($"--mix: {name}={value} must be a percentage above 0 and up to 100, with at most three decimals.");
            }

            sum += (int)(percent * 1000);
            parts.Add((call, sum));
        }

        return sum == Whole
            ? new LoadMix([.. parts], text)
            : throw new UsageException($"--mix: the parts are percentages and must sum to 100; these sum to {(sum / 1000m).ToString("0.###", CultureInfo.InvariantCulture)}.");
    }

    private static LoadCall Find(string name)
    {
        string[] names = [.. LoadCall.OfMixes.Select(call => call.Name)];
        if (Array.Find(LoadCall.OfMixes, call => call.Name == name) is { } found) return found;
        var meant = NearestName.Near(name, names) is { } near ? $" Did you mean {near}?" : "";
        throw new UsageException($"--mix: there is no call '{name}'.{meant} There are {string.Join(", ", names)}.");
    }
}
