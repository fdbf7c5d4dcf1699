using Platform.Api.Browser;
using Platform.Api.Requests;
using Platform.Security;

namespace Platform.Api.Problems;

/// <summary>
/// Outermost of all: sets the headers that every answer carries, and turns what nobody answered (bare statuses, exceptions) into a problem.
/// Outages answer 503, never 401: nobody is signed out because of one (docs/architecture.md, "Failure answers").
/// </summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public Task InvokeAsync(HttpContext context)
    {
        SecurityHeaders.Apply(context.Response.Headers);
        if (Framing.IsAmbiguous(context.Request)) return RefuseConnectionAsync(context);

        Task handled;
        try
        {
            handled = next(context);
        }
        catch (Exception failure)
        {
            return FailAsync(context, failure);
        }

        return handled.IsCompletedSuccessfully && !IsBare(context.Response) ? handled : FinishAsync(context, handled);
    }

    /// <summary>Nothing more is read from a connection on which it is not certain where this request ended.</summary>
    private static Task RefuseConnectionAsync(HttpContext context)
    {
        context.Response.Headers.Connection = "close";
        return new Problem(ProblemKind.InvalidRequest).ExecuteAsync(context);
    }

    private async Task FinishAsync(HttpContext context, Task handled)
    {
        try
        {
            await handled;
            if (context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed) NameHead(context.Response.Headers);
            if (IsBare(context.Response)) await new Problem(ProblemKind.OfStatus(context.Response.StatusCode)).ExecuteAsync(context);
        }
        catch (Exception failure)
        {
            await FailAsync(context, failure);
        }
    }

    private static bool IsBare(HttpResponse response) =>
        response.StatusCode >= 400 && !response.HasStarted && response.ContentType is null && response.ContentLength is null;

    /// <summary>Routes know GET alone.</summary>
    private static void NameHead(IHeaderDictionary headers)
    {
        var methods = headers.Allow.ToString().Split(", ");
        if (methods.Contains(HttpMethods.Get) && !methods.Contains(HttpMethods.Head)) headers.Allow = string.Join(", ", methods.Append(HttpMethods.Head));
    }

    private async Task FailAsync(HttpContext context, Exception failure)
    {
        if (context.RequestAborted.IsCancellationRequested && failure is OperationCanceledException or IOException) return;
        var kind = ToKind(failure);
        if (kind.Status >= 500) Log(context, kind, failure);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        // A page that may read the answer must also learn that it is a refusal, and when to come back.
        var headers = context.Response.Headers;
        var (origin, credentials, exposed, vary) = (headers.AccessControlAllowOrigin, headers.AccessControlAllowCredentials, headers.AccessControlExposeHeaders, headers.Vary);
        context.Response.Clear();
        SecurityHeaders.Apply(headers);
        (headers.AccessControlAllowOrigin, headers.AccessControlAllowCredentials, headers.AccessControlExposeHeaders, headers.Vary) = (origin, credentials, exposed, vary);
        await new Problem(kind).ExecuteAsync(context);
    }

    private static ProblemKind ToKind(Exception failure) => failure switch
    {
        BadHttpRequestException bad => ProblemKind.OfStatus(bad.StatusCode),
        StorageInputException => ProblemKind.InvalidRequest,
        _ when Framing.IsBroken(failure) => ProblemKind.InvalidRequest,
        _ when IsOutage(failure) || IsOfTheEngine(failure) => ProblemKind.Unavailable,
        _ => ProblemKind.InternalError,
    };

    /// <summary>The exceptions of a failing database, silo or network. During an outage each request throws one, so the log has a line for it and no stack trace.</summary>
    private static bool IsOutage(Exception failure) =>
        failure is StorageUnavailableException or LeaseExpiredException or CallDeniedException or TimeoutException or OperationCanceledException or Orleans.Runtime.OrleansException;

    /// <summary>Thrown by Orleans itself: no grain has answered, so the caller may try again. Its own exceptions have types, its faults have none.</summary>
    private static bool IsOfTheEngine(Exception failure) => failure.StackTrace?.AsSpan().TrimStart().StartsWith("at Orleans.", StringComparison.Ordinal) == true;

    private void Log(HttpContext context, ProblemKind kind, Exception failure)
    {
        var route = RouteText.Of(context);
        if (IsOutage(failure)) LogUnavailable(logger, NameOf(failure), route, RequestTrace.IdOf(context));
        else LogUnhandled(logger, failure, route, RequestTrace.IdOf(context));
    }

    /// <summary>Types only: texts of Orleans name grains, and so sessions.</summary>
    private static string NameOf(Exception failure) =>
        failure.InnerException is { } cause ? $"{failure.GetType().Name} ({cause.GetType().Name})" : failure.GetType().Name;

    [LoggerMessage(1, LogLevel.Warning, "Answered 503 after {Failure} at {Route}, trace {RequestTrace}.", EventName = "Unavailable")]
    private static partial void LogUnavailable(ILogger logger, string failure, string route, string requestTrace);

    [LoggerMessage(2, LogLevel.Error, "Unhandled failure at {Route}, trace {RequestTrace}.", EventName = "UnhandledFailure")]
    private static partial void LogUnhandled(ILogger logger, Exception failure, string route, string requestTrace);
}

/// <summary>The end of a request line. The server refuses whatever a proxy could read differently (threat T89).</summary>
internal static class Framing
{
    /// <summary>
    /// Where Kestrel puts the length of a request that also says it is chunked, before it reads the request as chunked. RFC 9112, 6.3, allows that; refusing is safer.
    /// </summary>
    private const string DisplacedLength = "X-Content-Length";

    private const string Chunked = "chunked";

    /// <summary>Kestrel's answer to the size of a chunk above 31 bits; it closes the connection.</summary>
    public static bool IsBroken(Exception failure) => failure is IOException { InnerException: OverflowException };

    public static bool IsAmbiguous(HttpRequest request)
    {
        var encoding = request.Headers.TransferEncoding;
        if (encoding.Count == 0) return false;
        return encoding.Count > 1
            || !string.Equals(encoding[0], Chunked, StringComparison.OrdinalIgnoreCase)
            || request.Headers.ContainsKey(DisplacedLength)
            || !HttpProtocol.IsHttp11(request.Protocol);
    }
}
