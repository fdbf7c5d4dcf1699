using Microsoft.Net.Http.Headers;

namespace Platform.Api.Requests;

/// <summary>What a caller prefers of several forms of an answer (RFC 9110, 12.5.1).</summary>
internal static class AcceptedMedia
{
    /// <returns>The one with the highest quality, of several the first; null: the caller wants none of them, or names nothing that can be read.</returns>
    /// <param name="request">Whose <c>Accept</c> says it.</param>
    /// <param name="offered">Media types, the default first.</param>
    public static string? Choose(HttpRequest request, params ReadOnlySpan<string> offered)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)) return null;
        string? best = null;
        var quality = 0.0;
        foreach (var type in offered)
        {
            if (QualityOf(type, accepted) is not { } found || found <= quality) continue;
            (best, quality) = (type, found);
        }

        return best;
    }

    /// <summary>Of the most specific range that it falls in.</summary>
    private static double? QualityOf(string type, IList<MediaTypeHeaderValue> accepted)
    {
        var parsed = new MediaTypeHeaderValue(type);
        return accepted.Where(range => parsed.IsSubsetOf(range)).OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0).Select(range => (double?)(range.Quality ?? 1)).FirstOrDefault();
    }
}
