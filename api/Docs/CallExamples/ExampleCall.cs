using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Platform.Api.Docs.CallExamples;

/// <summary>A call with values in all its places, from what the OpenAPI document says of it. Each language writes it in its own way; whoever shows that encodes it for HTML.</summary>
internal sealed record ExampleCall
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions ManyLines = new(OneLine) { WriteIndented = true };

    private ExampleCall(string method, string template, OpenApiOperation operation)
    {
        (Method, Template) = (method, template);
        var parameters = operation.Parameters ?? [];
        Places = [.. parameters.Where(parameter => parameter.In == ParameterLocation.Path).Select(parameter => (parameter.Name!, parameter.Example?.ToString() ?? "1"))];
        Headers = [.. parameters.Where(parameter => parameter is { In: ParameterLocation.Header, Example: not null }).Select(parameter => (parameter.Name!, parameter.Example!.ToString()))];
        Path = Places.Aggregate(template, (path, place) => path.Replace($"{{{place.Name}}}", place.Value, StringComparison.Ordinal));
        (MediaType, Body) = operation.RequestBody?.Content?.Select(content => (content.Key, content.Value.Example)).FirstOrDefault() ?? default;
        AnswersJson = operation.Responses?.Where(answer => answer.Key[0] == '2').All(answer => answer.Value.Content is not { Count: > 0 } content || content.ContainsKey("application/json")) == true;
        AnswersBytes = operation.Responses?.Any(answer => answer.Value.Content?.Values.Any(content => content.Schema?.Format == "binary") == true) == true;
        TakesCredential = operation.Security?.Any(requirement => requirement.Count > 0) == true;
    }

    public string Method { get; }

    /// <summary>With the names of its places.</summary>
    public string Template { get; }

    public string Path { get; }

    public IReadOnlyList<(string Name, string Value)> Places { get; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; }

    public string? MediaType { get; }

    public JsonNode? Body { get; }

    public bool IsForm => MediaType == Binding.UrlEncodedForm.MediaType;

    /// <summary>Or nothing.</summary>
    public bool AnswersJson { get; }

    public bool AnswersBytes { get; }

    /// <summary>Whatever takes a session, a key or a status token takes it as bearer.</summary>
    public bool TakesCredential { get; }

    /// <summary>The body as it goes over the wire, on one line.</summary>
    public string BodyText => IsForm ? string.Join('&', Body!.AsObject().Select(member => $"{member.Key}={member.Value}")) : Body!.ToJsonString(OneLine);

    public string BodyLines => Body!.ToJsonString(ManyLines);

    public static ExampleCall Of(DescribedCall call) => new(call.Method, call.Path, call.Operation);
}
