using System.Reflection;

namespace Platform.Silo.Hosting;

/// <summary>Which runtime the grains run on, read from where Orleans' types really come from. Nothing is hidden (README, "Two runtimes").</summary>
public sealed class RuntimeInfo
{
    public RuntimeInfo()
    {
        var assembly = typeof(IGrainFactory).Assembly;
        var isStandIn = assembly.GetName().Name?.Contains("StandIn", StringComparison.OrdinalIgnoreCase) == true;
        var version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version?.ToString();
        Runtime = isStandIn ? "Orleans stand-in (single process)" : $"Orleans {version}";
    }

    public string Runtime { get; }
}
