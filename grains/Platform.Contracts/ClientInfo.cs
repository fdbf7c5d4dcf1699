namespace Platform;

/// <summary>Address and program of a request as its host saw them, for the owner's list and the access log, never for a decision.</summary>
[GenerateSerializer, Immutable, Alias("platform.ClientInfo")]
public sealed record ClientInfo([property: Id(0)] string? Ip, [property: Id(1)] string? UserAgent)
{
    /// <summary>Trace of the request, 32 hex digits.</summary>
    [Id(2)] public string? TraceId { get; init; }
}
