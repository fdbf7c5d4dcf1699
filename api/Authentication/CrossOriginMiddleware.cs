using Platform.Api.Problems;
using Platform.Api.Requests;

namespace Platform.Api.Authentication;

/// <summary>On an endpoint: the host refuses it from foreign pages even without a cookie, since the answer would set one (login CSRF) or take it away.</summary>
internal sealed class SetsCookie
{
    public static readonly SetsCookie Instance = new();
}

/// <summary>On an endpoint: pages of other origins may call it, and another check decides which ones. It never reads the session cookie.</summary>
internal sealed class JudgesOrigin
{
    public static readonly JudgesOrigin Instance = new();
}

/// <summary>
/// Refuses unsafe calls that a foreign page made the browser send with the session cookie (threat T60): Fetch Metadata decides, and where a client
/// sends none, the origin. Bearer calls are exempt: no page of another origin can add that header without being asked first.
/// </summary>
internal sealed class CrossOriginMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (IsSafe(request.Method) || context.GetEndpoint()?.Metadata.GetMetadata<JudgesOrigin>() is not null) return next(context);
        var credential = Credential.Read(request.Headers);
        if (credential.IsBearer) return next(context);
        if (!credential.HasCookie && context.GetEndpoint()?.Metadata.GetMetadata<SetsCookie>() is null) return next(context);
        return IsOwn(request) ? next(context) : new Problem(ProblemKind.CrossOrigin).ExecuteAsync(context);
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static bool IsOwn(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 0) return site is ["same-origin"] or ["none"];
        var origin = request.Headers.Origin;
        return origin.Count == 0 || (origin.Count == 1 && IsOwnOrigin(origin[0], request));
    }

    /// <summary>Our own origin is always https; a default port may stand on either side. Names are compared as DNS has them: a browser sends <c>xn--</c>, and the framework decodes it in one of the two.</summary>
    private static bool IsOwnOrigin(string? origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttps
        && uri.PathAndQuery == "/"
        && uri.UserInfo.Length == 0
        && Uri.TryCreate(OwnOrigin.Of(request), UriKind.Absolute, out var own)
        && uri.Port == own.Port
        && string.Equals(uri.IdnHost, own.IdnHost, StringComparison.OrdinalIgnoreCase);
}
