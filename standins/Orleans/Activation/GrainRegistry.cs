using System.Reflection;
using Orleans.Calls;
using Orleans.Metadata;
using Orleans.Runtime;

namespace Orleans.Activation;

/// <summary>The grain classes of the assemblies in use, found again when an interface is asked for that was not seen yet.</summary>
internal sealed class GrainRegistry
{
    private static readonly string StandIn = typeof(GrainRegistry).Assembly.GetName().Name!;

    private readonly Lock _gate = new();
    private volatile Known _known = Known.Nothing;

    public GrainClass this[GrainType type] => Find(known => known.ByType.GetValueOrDefault(type))
        ?? throw new ArgumentException($"Could not find a grain class for grain type {type}");

    /// <summary>The class that serves an interface: the only one, the one of the same name, or the one with the prefix.</summary>
    public GrainClass Serving(Type interfaceType, string? prefix)
    {
        if (string.IsNullOrWhiteSpace(prefix))
        {
            if (_known.Primary.TryGetValue(interfaceType, out var primary))
            {
                return primary;
            }

            primary = Find(known => known.Primary.GetValueOrDefault(interfaceType));
            return primary ?? throw (_known.Serving(interfaceType) is { Count: > 1 } several
                ? new ArgumentException($"Unable to identify a single appropriate grain type for interface {InterfaceNames.Of(interfaceType)}. Candidates: {Names(several)}")
                : new ArgumentException($"Could not find an implementation for interface {InterfaceNames.Of(interfaceType)}"));
        }

        _ = Find(known => known.Serving(interfaceType).FirstOrDefault());
        var candidates = _known.Serving(interfaceType).Where(c => c.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        return candidates.Find(c => c.Type.FullName!.Length == prefix.Length) ?? candidates switch
        {
            [var single] => single,
            [] => throw new ArgumentException($"Could not find an implementation matching prefix \"{prefix}\" for interface {InterfaceNames.Of(interfaceType)}"),
            _ => throw new ArgumentException(
                $"Unable to identify a single appropriate grain type for interface {InterfaceNames.Of(interfaceType)} with implementation prefix \"{prefix}\". Candidates: {Names(candidates)}"),
        };
    }

    public Type InterfaceNamed(GrainInterfaceType name) => Find(known => known.Interfaces.GetValueOrDefault(name))
        ?? throw new ArgumentException($"Could not find an interface named {name}");

    private static string Names(IEnumerable<GrainClass> classes) => string.Join(", ", classes.Select(static c => $"{c.GrainType} ({c.Type.FullName})"));

    private T? Find<T>(Func<Known, T?> look)
        where T : class
    {
        if (look(_known) is { } found)
        {
            return found;
        }

        lock (_gate)
        {
            var assemblies = AppDomain.CurrentDomain.GetAssemblies().Length;
            if (_known.AssembliesLoaded != assemblies)
            {
                _known = new Known(GrainAssemblies());
            }

            return look(_known);
        }
    }

    /// <summary>Assemblies that use this runtime, also those that are referenced but not loaded yet.</summary>
    private static HashSet<Assembly> GrainAssemblies()
    {
        var found = new HashSet<Assembly> { typeof(GrainRegistry).Assembly };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<Assembly>(AppDomain.CurrentDomain.GetAssemblies().Where(static a => !a.IsDynamic));
        while (open.TryPop(out var assembly))
        {
            var references = assembly.GetReferencedAssemblies();
            if (!references.Any(static r => r.Name == StandIn))
            {
                continue;
            }

            found.Add(assembly);
            foreach (var reference in references.Where(r => seen.Add(r.FullName) && !r.Name!.StartsWith("System.", StringComparison.Ordinal)))
            {
                try
                {
                    open.Push(Assembly.Load(reference));
                }
                catch (Exception missing) when (missing is FileNotFoundException or FileLoadException or BadImageFormatException)
                {
                    // A reference that was never deployed holds no grains either.
                }
            }
        }

        return found;
    }

    private sealed class Known
    {
        public static readonly Known Nothing = new([]);

        private readonly Dictionary<Type, List<GrainClass>> _serving = [];

        public Known(HashSet<Assembly> assemblies)
        {
            AssembliesLoaded = assemblies.Count == 0 ? 0 : AppDomain.CurrentDomain.GetAssemblies().Length;
            foreach (var type in assemblies.SelectMany(TypesOf))
            {
                if (type.IsInterface && typeof(IAddressable).IsAssignableFrom(type) && !type.ContainsGenericParameters)
                {
                    Interfaces.TryAdd(InterfaceNames.Of(type), type);
                }
                else if (type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
                    && typeof(IGrain).IsAssignableFrom(type) && !typeof(GrainReference).IsAssignableFrom(type))
                {
                    Add(new GrainClass(type, GrainClass.NameOf(type)));
                }
            }

            foreach (var (serves, classes) in _serving)
            {
                var named = serves.GetCustomAttribute<DefaultGrainTypeAttribute>()?.Value;
                var primary = named is { } type ? classes.Find(c => c.GrainType == type)
                    : classes.Find(c => c.Type.Name == serves.Name[1..]) ?? (classes.Count == 1 ? classes[0] : null);
                if (primary is not null)
                {
                    Primary[serves] = primary;
                }
            }
        }

        public int AssembliesLoaded { get; }

        public Dictionary<GrainType, GrainClass> ByType { get; } = [];

        public Dictionary<Type, GrainClass> Primary { get; } = [];

        public Dictionary<GrainInterfaceType, Type> Interfaces { get; } = [];

        public List<GrainClass> Serving(Type interfaceType) => _serving.GetValueOrDefault(interfaceType, []);

        private void Add(GrainClass added)
        {
            if (!ByType.TryAdd(added.GrainType, added))
            {
                throw new ArgumentException($"Grain classes {ByType[added.GrainType].Type.FullName} and {added.Type.FullName} both have the grain type \"{added.GrainType}\"; name one by [GrainType].");
            }

            foreach (var serves in added.Interfaces)
            {
                if (!_serving.TryGetValue(serves, out var classes))
                {
                    _serving[serves] = classes = [];
                }

                classes.Add(added);
            }
        }

        private static Type[] TypesOf(Assembly assembly)
        {
            try
            {
                return assembly.GetTypes();
            }
            catch (ReflectionTypeLoadException partial)
            {
                return partial.Types.OfType<Type>().ToArray();
            }
        }
    }
}
