using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Platform.Sessions;
using Platform.Silo.Storage;

namespace Platform.Silo.Hosting.Settings;

/// <summary>
/// The settings of a process, read off its options classes: those of the platform's assemblies that name their <c>Section</c>. A list kept by hand would go stale.
/// </summary>
public sealed class KnownSettings
{
    private readonly Dictionary<string, bool> _takesChildren = new(StringComparer.OrdinalIgnoreCase);

    private KnownSettings(IEnumerable<Assembly> assemblies)
    {
        _takesChildren.Add($"ConnectionStrings:{DatabaseOptions.ConnectionName}", false);
        foreach (var type in assemblies.SelectMany(assembly => assembly.GetTypes()))
        {
            if (SectionOf(type) is { } section) Add(section, type);
        }
    }

    /// <param name="assemblies">Of a program, besides those that every process of the platform has.</param>
    public static KnownSettings WithThoseOf(params IEnumerable<Assembly> assemblies) =>
        new([typeof(PlatformOptions).Assembly, typeof(SessionOptions).Assembly, typeof(KnownSettings).Assembly, .. assemblies]);

    /// <summary>Their full names, such as <c>Platform:Sessions:IdleTimeout</c>.</summary>
    public IReadOnlyCollection<string> Names => _takesChildren.Keys;

    /// <summary>One line for each setting that has a value and that nothing reads; values are never shown.</summary>
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

    /// <summary>Null for what is no options class.</summary>
    internal static string? SectionOf(Type type) =>
        type is { IsClass: true, IsAbstract: false } && type.Name.EndsWith("Options", StringComparison.Ordinal)
        && type.GetField("Section", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic) is { IsLiteral: true } section
            ? section.GetRawConstantValue() as string
            : null;

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

    /// <summary>As the binder does: what can be set, and lists that can be added to.</summary>
    private static bool IsBound(PropertyInfo property) =>
        property.SetMethod is { IsPublic: true } || (property.PropertyType != typeof(string) && property.PropertyType.IsAssignableTo(typeof(IEnumerable)));
}
