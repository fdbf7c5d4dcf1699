namespace Platform;

/// <summary>From where and with what a request came, as its host saw it; for the owner's list and the access log, never for a decision.</summary>
[GenerateSerializer, Immutable, Alias("platform.ClientInfo")]
public sealed record ClientInfo([property: Id(0)] string? Ip, [property: Id(1)] string? UserAgent)
{
    /// <summary>Trace of the request, 32 hex digits.</summary>
    [Id(2)] public string? TraceId { get; init; }
}
