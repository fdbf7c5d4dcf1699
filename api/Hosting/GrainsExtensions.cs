using Platform.Silo;

namespace Platform.Api.Hosting;

internal static class GrainsExtensions
{
    /// <summary>The grains: in this process or, in topology <see cref="Topology.Cluster"/>, in silos elsewhere.</summary>
    public static void AddGrains(this WebApplicationBuilder builder)
    {
        if (PlatformSiloExtensions.TopologyOf(builder.Configuration) == Topology.Cluster) builder.AddPlatformClient();
        else builder.AddPlatformSilo();
    }
}
