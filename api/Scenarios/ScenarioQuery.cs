using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Platform.Api.Binding;
using Platform.Api.Problems;
using Platform.Scenarios;

namespace Platform.Api.Scenarios;

/// <summary>Filters of a tenant's scenarios from the query, each at most once. Every fault is named.</summary>
internal sealed record ScenarioQuery(ScenarioFilter Filter, Problem? Problem) : IBindingResult, IEndpointParameterMetadataProvider
{
    private const int MaxText = 200;

    private static readonly string[] Kinds = ["scenario", "personalization"];
    private static readonly string[] Statuses = ["running", "paused"];

    /// <summary>Distinguishes lists with different filters, so that a cursor of one works for no other. Its parts cannot be taken for one another: the text is quoted.</summary>
    public string Key => System.Text.Json.JsonSerializer.Serialize<object?[]>([Filter.Search, Filter.Kind?.ToString(), Filter.Status?.ToString()]);

    public static ValueTask<ScenarioQuery> BindAsync(HttpContext context)
    {
        var input = new QueryInput(context);
        var filter = new ScenarioFilter
        {
            Search = input.Text("q", text => text.Length <= MaxText && !string.IsNullOrWhiteSpace(text), $"a part of a name of up to {MaxText} characters")?.Trim(),
            Kind = input.Name("kind", Kinds, "scenario or personalization") switch { "scenario" => ScenarioKind.Scenario, "personalization" => ScenarioKind.Personalization, _ => null },
            Status = input.Name("status", Statuses, "running or paused") switch { "running" => ScenarioStatus.Running, "paused" => ScenarioStatus.Paused, _ => null },
        };
        return new(new ScenarioQuery(filter, input.Problem));
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new QueryMetadata("q", "A part of the name, without regard to case. A page may hold fewer than limit, even none, and have a nextCursor."));
        builder.Metadata.Add(new QueryMetadata("kind", "scenario or personalization."));
        builder.Metadata.Add(new QueryMetadata("status", "running or paused."));
    }
}
