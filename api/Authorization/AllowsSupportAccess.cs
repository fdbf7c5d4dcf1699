using Platform.Api.Authentication;
using Platform.Api.Requests;
using Platform.Support;

namespace Platform.Api.Authorization;

/// <summary>On an endpoint: operators may read it under a support grant of the tenant (row SUPPORT). Without this the host treats them like strangers, with or without a grant.</summary>
internal sealed class AllowsSupportAccess
{
    public static readonly AllowsSupportAccess Instance = new();

    /// <summary>A grant never gives more than reading: a host in which it would does not start.</summary>
    public static void Verify(IEndpointRouteBuilder routes)
    {
        var writing = routes.DataSources.SelectMany(source => source.Endpoints)
            .Where(endpoint => endpoint.Metadata.GetMetadata<AllowsSupportAccess>() is not null && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is not ["GET"])
            .Select(endpoint => endpoint.DisplayName)
            .ToList();
        if (writing.Count > 0) throw new InvalidOperationException($"These are readable by support but are not plain GETs: {string.Join(", ", writing)}.");
    }

    /// <summary>Asked for each request, and nothing of the answer is kept: a grant that has ended lets no further read through.</summary>
    public static async ValueTask<Outcome<SupportAccess>> AdmitAsync(HttpContext context, Caller caller, ISupportGrain grants)
    {
        var endpoint = (RouteEndpoint)context.GetEndpoint()!;
        if (!caller.IsOperator || endpoint.Metadata.GetMetadata<AllowsSupportAccess>() is null) return Refusal.NotFound;
        var read = new SupportRead($"{context.Request.Method} {RouteText.Of(context)}", Target(context.Request.RouteValues));
        return await grants.UseAsync(caller.Actor, read, context.RequestAborted);
    }

    /// <summary>Ids as they stand in the path; what is no id names nothing and is not copied into the log.</summary>
    private static string? Target(RouteValueDictionary route) =>
        route.GetValueOrDefault("id") is string { Length: < 64 } id && id.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? id : null;
}
