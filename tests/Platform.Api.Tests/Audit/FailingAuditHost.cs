using Microsoft.AspNetCore.Builder;
using Platform.Tests.Audit;

namespace Platform.Api.Tests.Audit;

/// <summary>A host whose access log can be made to fail.</summary>
public sealed class FailingAuditHost : PlatformHost
{
    internal FailingAuditEvents Events { get; } = new();

    private protected override void ConfigureMore(WebApplicationBuilder builder) => Events.Put(builder.Services);
}
