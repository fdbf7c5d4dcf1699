using Platform.Api.Limits;
using Platform.Api.Problems;
using Platform.Api.Requests;

namespace Platform.Api.RateLimiting;

/// <summary>Limits per client address before anything else is done for a request (row DDOS). Health probes are not limited.</summary>
internal sealed class RateLimitMiddleware(RequestDelegate next, IOptions<RateLimitOptions> options, RateLimitExchange exchange, TimeProvider time)
{
    private readonly RateLimiter<ulong>[] _limiters =
    [
        exchange.Share(new RateLimiter<ulong>("requests", options.Value.RequestsPerMinute, options.Value.MaxAddresses, time)),
        exchange.Share(new RateLimiter<ulong>("sessions", options.Value.SessionsPerMinute, options.Value.MaxAddresses, time)),
        exchange.Share(new RateLimiter<ulong>("sign-in", options.Value.SignInPerMinute, options.Value.MaxAddresses, time)),
        exchange.Share(new RateLimiter<ulong>("messages", options.Value.MessagesPerHour, options.Value.MaxAddresses, time, TimeSpan.FromHours(1))),
        exchange.Share(new RateLimiter<ulong>("reports", options.Value.ReportsPerHour, options.Value.MaxAddresses, time, TimeSpan.FromHours(1))),
    ];

    private readonly bool _enabled = options.Value.Enabled;

    public Task InvokeAsync(HttpContext context)
    {
        // A declared size is refused before anything is read.
        if (context.Request.ContentLength > BodyLimit.Of(context)) return new Problem(ProblemKind.BodyTooLarge).ExecuteAsync(context);
        if (!_enabled || context.GetEndpoint()?.Metadata is { } metadata && metadata.GetMetadata<NoRateLimitMetadata>() is not null) return next(context);
        var limiter = _limiters[(int)RateLimitMetadata.Of(context)];
        var allowed = limiter.TryAcquire(ClientAddress.Network(context.Connection.RemoteIpAddress), out var remaining, out var retryAfter);
        limiter.WriteHeaders(context.Response, remaining);
        return allowed ? next(context) : new Problem(ProblemKind.TooManyAttempts) { RetryAfter = retryAfter }.ExecuteAsync(context);
    }
}

/// <summary>Which limit of a client address an endpoint draws on.</summary>
internal enum RateLimitPolicy
{
    /// <summary>The policy of endpoints without one of their own.</summary>
    Requests = 0,
    Sessions = 1,
    SignIn = 2,

    /// <summary>Calls that send a text message.</summary>
    Messages = 3,

    /// <summary>Vulnerability reports.</summary>
    Reports = 4,
}

/// <summary>On an endpoint: its policy.</summary>
internal sealed record RateLimitMetadata(RateLimitPolicy Policy)
{
    public static RateLimitPolicy Of(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<RateLimitMetadata>()?.Policy ?? RateLimitPolicy.Requests;
}

/// <summary>On an endpoint: not limited.</summary>
internal sealed class NoRateLimitMetadata
{
    public static readonly NoRateLimitMetadata Instance = new();
}
