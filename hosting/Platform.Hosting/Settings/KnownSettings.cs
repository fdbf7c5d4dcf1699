using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Platform.Hosting.Clustering;

namespace Platform.Hosting.Settings;

/// <summary>
/// The settings of a process: the properties of its options classes. The classes are listed; looking for them in the assemblies took 150 ms of each start. A test looks for them
/// and holds the list to what it finds.
/// </summary>
public sealed class KnownSettings
{
    private static readonly (string Section, Type Options)[] OfEveryProcess =
    [
        (PlatformOptions.Section, typeof(PlatformOptions)),
        (ClusterCertificateOptions.Section, typeof(ClusterCertificateOptions)),
    ];

    private readonly Dictionary<string, bool> _takesChildren = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="more">Options classes of a program, besides those that every process of the platform has.</param>
    public KnownSettings(params IEnumerable<(string Section, Type Options)> more)
    {
        foreach (var (section, options) in OfEveryProcess.Concat(more)) Add(section, options);
    }

    /// <summary>Connection strings that the program reads.</summary>
    public IEnumerable<string> ConnectionStrings
    {
        init
        {
            foreach (var name in value) _takesChildren.Add($"ConnectionStrings:{name}", false);
        }
    }

    /// <summary>Their full names, such as <c>Platform:Sessions:IdleTimeout</c>.</summary>
    public IReadOnlyCollection<string> Names => _takesChildren.Keys;

    /// <summary>One line for each setting that has a value and that nothing reads. The lines never contain values.</summary>
    public IEnumerable<string> Faults(IConfiguration configuration) =>
        Roots(configuration).SelectMany(root => root.AsEnumerable())
            .Where(setting => setting.Value is not null && setting.Key.Contains(':', StringComparison.Ordinal) && !IsKnown(setting.Key))
            .Select(setting => setting.Key)
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(Fault);

    internal bool IsKnown(string name)
    {
        if (_takesChildren.ContainsKey(name)) return true;
        var parent = name.LastIndexOf(':');
        return parent > 0 && _takesChildren.TryGetValue(name[..parent], out var takesChildren) && takesChildren;
    }

    internal string Fault(string name) => $"{name} is not a setting of this process. {NearestName.Hint(name, Names)} All: docs/operations/settings.md.";

    private static IEnumerable<IConfigurationSection> Roots(IConfiguration configuration) =>
        [configuration.GetSection(PlatformOptions.Section), configuration.GetSection("ConnectionStrings")];

    private void Add(string section, Type type)
    {
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(IsBound))
        {
            var (name, of) = ($"{section}:{property.Name}", property.PropertyType);
            if (of.IsClass && of != typeof(string) && of.Namespace!.StartsWith("Platform", StringComparison.Ordinal)) Add(name, of);
            else _takesChildren[name] = of != typeof(string) && of.IsAssignableTo(typeof(IEnumerable));
        }
    }

    /// <summary>Like the binder, takes properties that can be set and lists that can grow.</summary>
    private static bool IsBound(PropertyInfo property) =>
        property.SetMethod is { IsPublic: true } || (property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable)));
}
