namespace Platform.Api.Http;

/// <summary>Which budget an endpoint draws on; without this, the general one.</summary>
internal enum Budget
{
    Requests = 0,
    Sessions = 1,
    SignIn = 2,

    /// <summary>Calls that send a text message.</summary>
    Messages = 3,
}

/// <summary>On an endpoint: its budget.</summary>
internal sealed record BudgetMetadata(Budget Budget)
{
    public static Budget Of(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<BudgetMetadata>()?.Budget ?? Budget.Requests;
}

/// <summary>Limits per client address before anything else is done for a request (row DDOS). Health probes are not limited.</summary>
internal sealed class LimitMiddleware(RequestDelegate next, IOptions<RateLimitOptions> options, TimeProvider time)
{
    private readonly CallLimit<ulong>[] _limits =
    [
        new("requests", options.Value.RequestsPerMinute, options.Value.MaxAddresses, time),
        new("sessions", options.Value.SessionsPerMinute, options.Value.MaxAddresses, time),
        new("sign-in", options.Value.SignInPerMinute, options.Value.MaxAddresses, time),
        new("messages", options.Value.MessagesPerHour, options.Value.MaxAddresses, time, TimeSpan.FromHours(1)),
    ];

    private readonly bool _enabled = options.Value.Enabled;

    public Task InvokeAsync(HttpContext context)
    {
        // A declared size is refused before anything is read.
        if (context.Request.ContentLength > BodyLimit.Of(context)) return new Problem(ProblemKind.BodyTooLarge).ExecuteAsync(context);
        if (!_enabled || context.GetEndpoint()?.Metadata is { } metadata && metadata.GetMetadata<UnlimitedMetadata>() is not null) return next(context);
        var limit = _limits[(int)BudgetMetadata.Of(context)];
        var allowed = limit.TryTake(ClientAddress.Network(context.Connection.RemoteIpAddress), out var remaining, out var retryAfter);
        limit.Tell(context.Response, remaining);
        return allowed ? next(context) : new Problem(ProblemKind.TooManyAttempts) { RetryAfter = retryAfter }.ExecuteAsync(context);
    }
}

/// <summary>On an endpoint: not limited.</summary>
internal sealed class UnlimitedMetadata
{
    public static readonly UnlimitedMetadata Instance = new();
}
