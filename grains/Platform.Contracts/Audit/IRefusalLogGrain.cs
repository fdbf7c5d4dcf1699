namespace Platform.Audit;

/// <summary>Key: <c>refusals_</c>, stateless. Hosts report refused calls here; it is the only thing that a host can add to an access log.</summary>
[Alias("platform.IRefusalLogGrain")]
public interface IRefusalLogGrain : IGrainWithStringKey
{
    /// <summary>An entry in the log of the actor's own tenant, whatever tenant it reached for. On disk when this returns.</summary>
    /// <param name="actor">Who lacked the right.</param>
    /// <param name="operation">Method and route, such as <c>GET /v1/tenants/{tenant}/users</c>: never what was filled in.</param>
    [Alias("TellForbidden")]
    Task ReportForbiddenAsync(Actor actor, string operation, CancellationToken cancellationToken);
}
