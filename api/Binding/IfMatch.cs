using System.Globalization;
using Microsoft.Net.Http.Headers;
using Platform.Api.Problems;
using Platform.Scenarios;
using Platform.Text;

namespace Platform.Api.Binding;

/// <summary><c>If-Match</c> of a change (RFC 9110, 13.1.1): strong tags of versions, or <c>*</c>. Whether one is needed, and matches, the owner of the version decides.</summary>
internal sealed record IfMatch(VersionMatch? Value, Problem? Problem) : IBindingResult
{
    public static ValueTask<IfMatch> BindAsync(HttpContext context)
    {
        var header = context.Request.Headers.IfMatch;
        if (header.Count == 0) return new(new IfMatch(null, null));
        if (header is ["*"]) return new(new IfMatch(new VersionMatch(Any: true, []), null));
        if (!EntityTagHeaderValue.TryParseStrictList([.. header.OfType<string>()], out var tags))
        {
            return new(new IfMatch(null, Problem.Invalid("", "invalid_if_match", "If-Match is the ETag of what is to be changed, such as \"3\".")));
        }

        // A weak tag, and one that we never gave out, matches nothing.
        var versions = tags.Where(tag => !tag.IsWeak).Select(tag => Version(tag.Tag.AsSpan().Trim('"'))).OfType<int>();
        return new(new IfMatch(new VersionMatch(Any: false, [.. versions]), null));
    }

    public static string ToETag(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    private static int? Version(ReadOnlySpan<char> text) => WholeNumber.TryParse(text, out var version) ? version : null;
}

/// <summary>For the OpenAPI document.</summary>
internal sealed class VersionedMetadata
{
    public static readonly VersionedMetadata Instance = new();
}
