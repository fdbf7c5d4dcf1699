using Microsoft.Extensions.DependencyInjection;
using Platform.Hosting;

namespace Platform.Api.Tests.Hosting;

/// <summary>Keeps the announcement out of the tests' output.</summary>
internal static class Quiet
{
    public static StringWriter Configure(IServiceCollection services)
    {
        var output = new StringWriter();
        services.AddSingleton(new StartupBannerOutput(output));
        return output;
    }
}
