using System.Reflection;

namespace Platform.Hosting;

/// <summary>Name and version of the engine under the grains, for <c>/readyz</c>, the first log line and the resource attribute <c>platform.runtime</c>.</summary>
public sealed class RuntimeInfo
{
    /// <summary>"Orleans 10.4.2": the version of the package, without the commit that Orleans appends to it.</summary>
    public string Runtime { get; } = $"Orleans {VersionOf(typeof(IGrainFactory).Assembly)}";

    private static string VersionOf(Assembly assembly)
    {
        var version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version!.ToString(3);
        return version.Split(["+", ". ", " "], 2, StringSplitOptions.None)[0];
    }
}
