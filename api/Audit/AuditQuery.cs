using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Audit;

namespace Platform.Api.Audit;

/// <summary>Filters of the access log from the query, each at most once. Every fault is named.</summary>
internal sealed record AuditQuery(AuditFilter Filter, Problem? Problem) : IBindingResult, IEndpointParameterMetadataProvider
{
    private const int MaxId = 100;
    private const string ATime = "a time such as 2030-01-31T12:00:00Z";

    private delegate bool Parser<T>(string text, out T value);

    /// <summary>Distinguishes lists with different filters, so that a cursor of one works for no other.</summary>
    public string Key => $"{Filter.From?.UtcTicks}/{Filter.To?.UtcTicks}/{Filter.Actor}/{Filter.Action}/{Filter.Target}/{Filter.Outcome}";

    public static ValueTask<AuditQuery> BindAsync(HttpContext context)
    {
        var errors = new List<InputError>();
        var filter = new AuditFilter
        {
            From = Value<DateTimeOffset>(context, "from", errors, Rfc3339.TryParse, ATime),
            To = Value<DateTimeOffset>(context, "to", errors, Rfc3339.TryParse, ATime),
            Actor = Text(context, "actor", errors, IsId, "an id"),
            Action = Action(context, errors),
            Target = Text(context, "target", errors, IsId, "an id"),
            Outcome = Value<AuditOutcome>(context, "outcome", errors, AuditNames.TryParse, "success or failure"),
        };
        return new(new AuditQuery(filter, errors.Count == 0 ? null : new Problem(ProblemKind.InvalidRequest) { Errors = [.. errors] }));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new QueryMetadata("from", "Not before this time, RFC 3339."));
        builder.Metadata.Add(new QueryMetadata("to", "Before this time, RFC 3339."));
        builder.Metadata.Add(new QueryMetadata("actor", "Id of who acted."));
        builder.Metadata.Add(new QueryMetadata("action", "Name of an action, such as user.created."));
        builder.Metadata.Add(new QueryMetadata("target", "Id of what it was done to."));
        builder.Metadata.Add(new QueryMetadata("outcome", "success or failure."));
    }

    private static T? Value<T>(HttpContext context, string name, List<InputError> errors, Parser<T> parser, string expected) where T : struct
    {
        var value = default(T);
        return Text(context, name, errors, text => parser(text, out value), expected) is null ? null : value;
    }

    /// <summary>Null where it is absent or faulty.</summary>
    private static string? Text(HttpContext context, string name, List<InputError> errors, Func<string, bool> isGood, string expected)
    {
        var values = context.Request.Query[name];
        if (values.Count == 0) return null;
        if (values.Count == 1 && values[0] is { Length: > 0 } text && isGood(text)) return text;
        errors.Add(new InputError($"?{name}", $"invalid_{name}", $"{name} is {expected}, given once."));
        return null;
    }

    /// <summary>Refuses a value that no event has: the answer to a typing error would be an empty list.</summary>
    private static string? Action(HttpContext context, List<InputError> errors)
    {
        if (context.Request.Query["action"] is not [{ Length: > 0 } text] || AuditActions.All.Contains(text)) return Text(context, "action", errors, AuditActions.All.Contains, "an action such as user.created");
        errors.Add(UnknownName.Value("action", text, AuditActions.All));
        return null;
    }

    /// <summary>Of ids with a prefix, and of roles, whose names are their ids.</summary>
    private static bool IsId(string text) => text.Length <= MaxId && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
