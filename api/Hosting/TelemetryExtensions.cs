using Platform.Silo.Hosting;

namespace Platform.Api.Hosting;

internal static class TelemetryExtensions
{
    /// <summary>Outermost of all, so that it sees the answer as it leaves.</summary>
    public static void UsePlatformTelemetry(this WebApplication app)
    {
        if (PlatformTelemetry.IsWanted(app.Configuration)) app.UseMiddleware<RequestSpanMiddleware>();
    }
}
