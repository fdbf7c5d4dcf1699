using Microsoft.Extensions.DependencyInjection;
using Platform.Security;
using Platform.Telemetry;

namespace Platform.Testing.Silos;

/// <summary>
/// The same hash with less memory and fewer passes than the platform may be set to, for tests that sign in often and are about something else, and for all
/// of the API's, which compile it in.
/// </summary>
internal static class CheapHashing
{
    public static readonly Argon2Cost Cost = new(MemoryKiB: 64, Passes: 1);

    /// <summary>Whether the platform's own is registered already or will be.</summary>
    public static void Put(IServiceCollection services) => services.AddSingleton(provider =>
        new PasswordHashingQueue(Cost, new PasswordHashingOptions(), provider.GetRequiredService<PlatformMetrics>(), TimeProvider.System));
}
