using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.IpRules;
using Platform.Sessions;

namespace Platform.Api.Sessions;

/// <summary>Filters of a user's sessions from the query, each at most once. Every fault is named.</summary>
internal sealed record SessionQuery(SessionFilter Filter, Problem? Problem) : IBindingResult, IEndpointParameterMetadataProvider
{
    private static readonly string[] States = ["live", "ended"];

    /// <summary>Distinguishes lists with different filters, so that a cursor of one works for no other.</summary>
    public string Key => $"{Filter.Live}/{Filter.Network}";

    public static ValueTask<SessionQuery> BindAsync(HttpContext context)
    {
        var input = new QueryInput(context);
        var filter = new SessionFilter
        {
            Live = input.Name("state", States, "live or ended") switch { "live" => true, "ended" => false, _ => null },
            Network = input.Text("ip", text => Cidr.TryParse(text, out _), "an address or a network such as 203.0.113.0/24"),
        };
        return new(new SessionQuery(filter, input.Problem));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new QueryMetadata("state", "live or ended. With a filter a page may hold fewer than limit, even none, and have a nextCursor."));
        builder.Metadata.Add(new QueryMetadata("ip", "The address at which the session began, or a network in CIDR form."));
    }
}
