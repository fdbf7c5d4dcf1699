using System.Globalization;
using Platform.Api.Problems;
using Platform.Api.RateLimiting;
using Platform.Api.Requests;

namespace Platform.Api.Snippets;

/// <summary>
/// Limits of page calls beside that of the client's address (row DDOS, decision 0014). One address has a bounded share in each snippet, so that neither a page uses up what its visitors'
/// address has for everybody else, nor one address what the snippet has for all visitors. And one snippet has a bounded share.
/// </summary>
/// <remarks>Taken in the order address in the snippet, address, snippet: a call that is refused by one draws on none of those behind it.</remarks>
internal sealed class PageLimits
{
    private readonly bool _enabled;
    private readonly RateLimiter<AddressInSnippet> _addressCalls;
    private readonly RateLimiter<AddressInSnippet> _addressSignIns;
    private readonly RateLimiter<SnippetId> _snippetCalls;
    private readonly RateLimiter<SnippetId> _snippetSignIns;

    public PageLimits(IOptions<RateLimitOptions> options, RateLimitExchange exchange, TimeProvider time)
    {
        var limits = options.Value;
        _enabled = limits.Enabled;
        _addressCalls = Limit<AddressInSnippet>("page", limits.PageCallsPerMinute);
        _addressSignIns = Limit<AddressInSnippet>("page-sign-in", limits.PageSignInPerMinute);
        _snippetCalls = Limit<SnippetId>("snippet", limits.SnippetCallsPerMinute);
        _snippetSignIns = Limit<SnippetId>("snippet-sign-in", limits.SnippetSignInPerMinute);

        // Beyond the bound nobody shares a budget, or one tenant's many visitors would take that of the others: the limit of addresses still holds.
        RateLimiter<TKey> Limit<TKey>(string name, int quota) where TKey : struct, IEquatable<TKey> =>
            exchange.Share(new RateLimiter<TKey>(name, quota, limits.MaxAddresses, time, limitsBeyond: false));
    }

    /// <returns>The refusal, or null.</returns>
    public Problem? TakeOfAddress(HttpContext context, SnippetId snippet)
    {
        if (!_enabled) return null;
        var key = new AddressInSnippet(snippet, ClientAddress.Network(context.Connection.RemoteIpAddress));
        return Take(IsSignIn(context) ? _addressSignIns : _addressCalls, key, context.Response);
    }

    /// <inheritdoc cref="TakeOfAddress"/>
    public Problem? TakeOfSnippet(HttpContext context, SnippetId snippet) =>
        _enabled ? Take(IsSignIn(context) ? _snippetSignIns : _snippetCalls, snippet, context.Response) : null;

    private static bool IsSignIn(HttpContext context) => RateLimitMetadata.Of(context) is RateLimitPolicy.SignIn or RateLimitPolicy.Messages;

    private static Problem? Take<TKey>(RateLimiter<TKey> limit, TKey key, HttpResponse response) where TKey : struct, IEquatable<TKey>
    {
        if (limit.TryAcquire(key, out var remaining, out var retryAfter)) return null;
        limit.WriteHeaders(response, remaining);
        return new Problem(ProblemKind.TooManyAttempts) { RetryAfter = retryAfter };
    }

    private readonly record struct AddressInSnippet(SnippetId Snippet, ulong Network)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Snippet}/{Network}");
    }
}
