using System.Globalization;

namespace Platform.Benchmarks;

/// <summary>The call cannot be made as it was asked for; the message says why.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Options as <c>--name value</c>, repeatable, or <c>--name</c> alone. Every number has bounds; an option that nobody reads is refused.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, List<string>> _given = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public CommandLine(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal)) throw new UsageException($"'{args[i]}' is not expected here.");
            var hasValue = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal);
            var values = _given.TryGetValue(args[i], out var earlier) ? earlier : _given[args[i]] = [];
            if (hasValue) values.Add(args[++i]);
        }
    }

    public bool Flag(string name)
    {
        var given = All(name, out var values);
        return values.Count == 0 ? given : throw new UsageException($"{name} takes no value.");
    }

    public IReadOnlyList<string> Texts(string name)
    {
        var given = All(name, out var values);
        return values.Count == 0 && given ? throw new UsageException($"{name} needs a value.") : values;
    }

    public string? Text(string name) => Texts(name) switch
    {
        [] => null,
        [var only] => only,
        _ => throw new UsageException($"{name} was given more than once."),
    };

    public int Number(string name, int otherwise, int least, int most)
    {
        if (Text(name) is not { } text) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new UsageException($"{name} must be a whole number from {least} to {most}.");
    }

    public TimeSpan Duration(string name, TimeSpan otherwise, TimeSpan least, TimeSpan most)
    {
        if (Text(name) is not { } text) return otherwise;
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) && duration >= least && duration <= most
            ? duration
            : throw new UsageException($"{name} must be a duration from {least} to {most}, such as 00:00:30.");
    }

    public void RefuseOthers()
    {
        var other = _given.Keys.FirstOrDefault(name => !_known.Contains(name));
        if (other is not null) throw new UsageException($"{other} is not an option here. Known: {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
    }

    private bool All(string name, out List<string> values)
    {
        _known.Add(name);
        var given = _given.TryGetValue(name, out var found);
        values = found ?? [];
        return given;
    }
}
