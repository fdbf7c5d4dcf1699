using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Platform.Api.Docs;

/// <summary>The OpenAPI document of this process, made once, by whoever asks first for it or for a page that is made from it: a start does not wait for it.</summary>
internal sealed class ApiDescription([FromKeyedServices(DocsExtensions.Document)] IOpenApiDocumentProvider documents)
{
    private readonly Lazy<Task<OpenApiDocument>> _document = new(() => documents.GetOpenApiDocumentAsync(CancellationToken.None));

    public Task<OpenApiDocument> GetAsync(CancellationToken cancellationToken) => _document.Value.WaitAsync(cancellationToken);

    /// <summary>Every call, in the order in which the endpoints are mapped.</summary>
    public static IEnumerable<DescribedCall> CallsOf(OpenApiDocument document) =>
        document.Paths.SelectMany(path => path.Value.Operations!.Select(call => new DescribedCall(call.Key.Method, path.Key, call.Value)));
}

internal sealed record DescribedCall(string Method, string Path, OpenApiOperation Operation)
{
    /// <summary>For links to it: <c>get-v1-session</c>.</summary>
    public string Anchor { get; } = string.Join('-', $"{Method}/{Path}".ToLowerInvariant().Split(['/', '{', '}', '.'], StringSplitOptions.RemoveEmptyEntries));

    public string Tag => Operation.Tags?.FirstOrDefault()?.Name ?? "";
}
