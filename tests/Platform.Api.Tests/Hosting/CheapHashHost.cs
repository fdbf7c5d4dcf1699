using Microsoft.AspNetCore.Builder;
using Platform.Tests.Security;

namespace Platform.Api.Tests.Hosting;

/// <summary>A host on which a password costs next to nothing.</summary>
public sealed class CheapHashHost : PlatformHost
{
    private protected override void ConfigureMore(WebApplicationBuilder builder) => CheapHashing.Put(builder.Services);
}
