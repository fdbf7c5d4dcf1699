using Microsoft.AspNetCore.Builder;

namespace Platform.Api.Tests.Audit;

/// <summary>A host whose access log can be made to fail.</summary>
public sealed class FailingAuditHost : PlatformHost
{
    internal FaultyDatabase Database { get; } = new();

    private protected override void ConfigureMore(WebApplicationBuilder builder) => Database.Put(builder.Services);
}
