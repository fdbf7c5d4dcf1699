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

    /// <summary>Distinguishes lists with different filters, so that a cursor of one works for no other.</summary>
    public string Key => $"{Filter.From?.UtcTicks}/{Filter.To?.UtcTicks}/{Filter.Actor}/{Filter.Action}/{Filter.Target}/{Filter.Outcome}";

    public static ValueTask<AuditQuery> BindAsync(HttpContext context)
    {
        var input = new QueryInput(context);
        var filter = new AuditFilter
        {
            From = input.Time("from"),
            To = input.Time("to"),
            Actor = input.Text("actor", IsId, "an id"),
            Action = input.Name("action", AuditActions.All, "an action such as user.created"),
            Target = input.Text("target", IsId, "an id"),
            Outcome = input.Value<AuditOutcome>("outcome", AuditNames.TryParse, "success or failure"),
        };
        return new(new AuditQuery(filter, input.Problem));
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

    /// <summary>Of ids with a prefix, and of roles, whose names are their ids.</summary>
    private static bool IsId(string text) => text.Length <= MaxId && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
