using Platform.Api.Json;
using Platform.Api.Problems;

namespace Platform.Api.Binding;

/// <summary>Reads filters from a query, each given at most once. Names every fault.</summary>
internal sealed class QueryInput(HttpContext context)
{
    private const string ATime = "a time such as 2030-01-31T12:00:00Z";

    private readonly List<InputError> _errors = [];

    public delegate bool Parser<T>(string text, out T value);

    /// <summary>Null where all was good.</summary>
    public Problem? Problem => _errors.Count == 0 ? null : new Problem(ProblemKind.InvalidRequest) { Errors = [.. _errors] };

    /// <summary>Null where it is absent or faulty.</summary>
    public string? Text(string name, Func<string, bool> isGood, string expected)
    {
        var values = context.Request.Query[name];
        if (values.Count == 0) return null;
        if (values.Count == 1 && values[0] is { Length: > 0 } text && isGood(text)) return text;
        _errors.Add(new InputError($"?{name}", $"invalid_{name}", $"{name} is {expected}, given once."));
        return null;
    }

    public T? Value<T>(string name, Parser<T> parser, string expected) where T : struct
    {
        var value = default(T);
        return Text(name, text => parser(text, out value), expected) is null ? null : value;
    }

    /// <summary>RFC 3339.</summary>
    public DateTimeOffset? Time(string name) => Value<DateTimeOffset>(name, Rfc3339.TryParse, ATime);

    /// <summary>Of a closed set. Refuses a value that nothing has: the answer to a typing error would be an empty list.</summary>
    public string? Name(string name, IReadOnlyCollection<string> known, string expected)
    {
        if (context.Request.Query[name] is not [{ Length: > 0 } text] || known.Contains(text)) return Text(name, known.Contains, expected);
        _errors.Add(UnknownName.Value(name, text, known));
        return null;
    }
}
