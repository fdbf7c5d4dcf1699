using Microsoft.AspNetCore.WebUtilities;
using Platform.Api.Problems;

namespace Platform.Api.Binding;

/// <summary>On an endpoint: the parameters that its query may have, for the check and for the OpenAPI document. The host refuses all others.</summary>
internal interface IQueryMetadata
{
    ImmutableArray<string> Names { get; }
}

/// <summary>One parameter, a text.</summary>
internal sealed record QueryMetadata(string Name, string Description) : IQueryMetadata
{
    public ImmutableArray<string> Names { get; } = [Name];
}

/// <summary>Refuses parameters that a call does not take, so that a misspelt filter never answers everything.</summary>
internal static class QueryParameters
{
    /// <summary>Null where all are known. A request without a query costs one comparison and no allocation.</summary>
    public static Problem? Check(HttpContext context) => context.Request.QueryString is { HasValue: true, Value: var query } ? Check(context, query) : null;

    private static Problem? Check(HttpContext context, string query)
    {
        var known = context.GetEndpoint()?.Metadata.GetOrderedMetadata<IQueryMetadata>() ?? [];
        List<InputError>? errors = null;
        foreach (var pair in new QueryStringEnumerable(query))
        {
            var name = pair.DecodeName().Span;
            if (Takes(known, name)) continue;
            errors ??= [];
            errors.Add(UnknownName.Parameter(name, [.. known.SelectMany(one => one.Names)]));
            if (errors.Count == UnknownName.MaxErrors) break;
        }

        return errors is null ? null : new Problem(ProblemKind.InvalidRequest) { Errors = [.. errors] };
    }

    /// <summary>Compared to the letter, although the framework's collection of parameters takes any case.</summary>
    private static bool Takes(IReadOnlyList<IQueryMetadata> known, ReadOnlySpan<char> name)
    {
        for (var i = 0; i < known.Count; i++)
        {
            foreach (var one in known[i].Names)
            {
                if (name.SequenceEqual(one)) return true;
            }
        }

        return false;
    }
}
