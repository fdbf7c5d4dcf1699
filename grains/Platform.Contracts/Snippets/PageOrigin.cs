namespace Platform.Snippets;

/// <summary>
/// A page that calls through a snippet. A session that was opened from one is bound to it: the platform refuses it from every other page, and in calls without a page (threat T56).
/// </summary>
/// <param name="Snippet">The snippet in the address of the call.</param>
/// <param name="Origin">As browsers serialize it (RFC 6454): scheme, host in lower case and A-labels, port unless it is 443. Compared byte by byte.</param>
[GenerateSerializer, Immutable, Alias("platform.PageOrigin")]
public sealed record PageOrigin([property: Id(0)] SnippetId Snippet, [property: Id(1)] string Origin);
