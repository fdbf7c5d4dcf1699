using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Platform.Security;
using Platform.Telemetry;

namespace Platform.Tests.Security;

/// <summary>
/// The same hash with fewer rounds than the platform may be set to, for tests that sign in often and are about something else. Also of the API's tests,
/// which compile it in.
/// </summary>
internal static class CheapHashing
{
    /// <summary>Whether the platform's own is registered already or will be.</summary>
    public static void Put(IServiceCollection services) => services.AddSingleton(provider =>
        new PasswordHashing(Options.Create(new PasswordHashingOptions { Iterations = 2_000 }), provider.GetRequiredService<PlatformMetrics>(), TimeProvider.System));
}
