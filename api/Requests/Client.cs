namespace Platform.Api.Requests;

/// <summary>Address and program of a request, for the owner's list of sessions and for the access log.</summary>
internal static class Client
{
    private const int MaxUserAgent = 256;

    public static ClientInfo Of(HttpContext context)
    {
        var agent = RequestHeaderEncodings.Read(context.Request.Headers.UserAgent.ToString());
        // Never half of a surrogate pair: it could not be written again.
        if (agent.Length > MaxUserAgent) agent = agent[..(char.IsHighSurrogate(agent[MaxUserAgent - 1]) ? MaxUserAgent - 1 : MaxUserAgent)];
        return new ClientInfo(ClientAddress.Text(context), agent.Length == 0 ? null : agent) { TraceId = RequestTrace.IdOf(context) };
    }
}
