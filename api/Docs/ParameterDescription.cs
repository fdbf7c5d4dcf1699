using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using Platform.Api.Binding;
using Platform.Api.Idempotency;
using Platform.Api.Paging;
using Platform.Api.Snippets;

namespace Platform.Api.Docs;

/// <summary>What a call takes from path, query and headers.</summary>
internal static partial class ParameterDescription
{
    /// <summary>By the segment before the place and its name. A place that is not here stays without a description, which <c>OpenApiTests</c> names.</summary>
    private static readonly Dictionary<string, (string Description, string Example)> Places = new(StringComparer.Ordinal)
    {
        ["tenants/tenant"] = ("Slug or id of the tenant.", "acme"),
        ["users/id"] = ("Id of the user.", Examples.IdOf("usr_")),
        ["sessions/id"] = ("Id of the session.", Examples.IdOf("ses_")),
        ["tenant-deletions/id"] = ("Id of the tenant.", Examples.IdOf("ten_")),
        ["erasures/id"] = ("Id of the erasure.", Examples.IdOf("era_")),
        ["api-keys/id"] = ("Id of the API key.", "key_7f3a9c2e5b1d"),
        ["scenarios/id"] = ("Id of the scenario.", Examples.IdOf("scn_")),
        ["grants/userId"] = ("Id of the user.", Examples.IdOf("usr_")),
        ["support-grants/id"] = ("Id of the support grant.", Examples.IdOf("sup_")),
        ["snippets/id"] = ("Id of the snippet.", Examples.Snippet),
        ["s/id"] = ("Id of the snippet.", Examples.Snippet),
        ["s/hash"] = ("SHA-256 of the script in lower-case hex.", Examples.Hash),
        ["maps/hash"] = ("SHA-256 of the source map in lower-case hex.", Examples.Hash),
        ["domains/domain"] = ("Host name, such as www.example.com; international names in any form.", "www.example.com"),
        ["roles/name"] = ("Name of the role.", "analyst"),
        ["notification-templates/name"] = ("Name of the template.", "invitation"),
        ["notification-templates/language"] = ("en or de.", "en"),
        ["vulnerability-reports/id"] = ("Id of the report.", Examples.IdOf("vul_")),
        ["attachments/number"] = ("Number of the attachment, from 1.", "1"),
    };

    public static void Add(OpenApiOperation operation, string route, IList<object> metadata)
    {
        List<IOpenApiParameter> parameters = [.. Place().Matches("/" + route).Select(place => InPath(place, route))];
        if (metadata.OfType<PagedMetadata>().Any()) parameters.AddRange(Paging());
        parameters.AddRange(metadata.OfType<QueryMetadata>().Select(query => InQuery(query.Name, query.Description, new OpenApiSchema { Type = JsonSchemaType.String })));
        if (metadata.OfType<VersionedMetadata>().Any()) parameters.Add(Header("If-Match", "The ETag of the version that you want to change.", "\"3\"", required: true));
        if (metadata.OfType<IdempotentMetadata>().Any()) parameters.Add(Header(IdempotencyFilter.Header, "A text of your choice, one for each creation. A repeated call with it gets the answer of the first, for 24 hours.", example: null));
        if (metadata.OfType<PageRequirement>().Any()) parameters.Add(Header("Origin", "Origin of the page, on a proven domain of the snippet. Browsers send it.", "https://www.example.com"));
        operation.Parameters = parameters;
    }

    /// <summary>The last segment before the place that is no place itself: <c>{id}/{hash}</c> are both of <c>/s/</c>.</summary>
    private static OpenApiParameter InPath(Match place, string route)
    {
        var name = place.Groups["name"].Value;
        var before = route[..Math.Max(0, place.Index - 1)].Split('/', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(segment => !segment.StartsWith('{')) ?? "";
        var (description, example) = Places.GetValueOrDefault($"{before}/{name}");
        return new OpenApiParameter { Name = name, In = ParameterLocation.Path, Required = true, Description = description, Example = example, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
    }

    private static IEnumerable<OpenApiParameter> Paging() =>
    [
        InQuery("limit", "How many, 1 to 200.", new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Maximum = "200", Default = JsonValue.Create(50) }),
        InQuery("cursor", "`nextCursor` of the page before.", new OpenApiSchema { Type = JsonSchemaType.String }),
    ];

    private static OpenApiParameter InQuery(string name, string description, OpenApiSchema schema) =>
        new() { Name = name, In = ParameterLocation.Query, Description = description, Schema = schema };

    /// <param name="name">Of the header.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="example">Examples of the call send it; null: they do without.</param>
    /// <param name="required">The call is refused without it.</param>
    private static OpenApiParameter Header(string name, string description, string? example, bool required = false) => new()
    {
        Name = name, In = ParameterLocation.Header, Required = required, Description = description, Example = example is null ? null : JsonValue.Create(example), Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    [GeneratedRegex(@"\{(?<name>\w+)[^}]*\}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Place();
}
