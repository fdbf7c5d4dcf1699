using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;
using Orleans.Storage;

namespace Orleans.Activation;

/// <summary>What is known of one grain class; made once.</summary>
internal sealed class GrainClass
{
    private readonly Func<IGrainContext, object>[] _facets;
    private readonly ObjectFactory _factory;
    private readonly Func<object?, IInvokable, bool>? _mayInterleave;

    public GrainClass(Type type, GrainType grainType)
    {
        Type = type;
        GrainType = grainType;
        Interfaces = type.GetInterfaces().Where(static i => typeof(IGrain).IsAssignableFrom(i) && i != typeof(IGrain)).ToArray();
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        HasOwnFilter = typeof(IIncomingGrainCallFilter).IsAssignableFrom(type);
        StatelessWorker = type.GetCustomAttribute<StatelessWorkerAttribute>(inherit: true);
        _mayInterleave = MayInterleavePredicate(type);

        var parameters = Parameters(type);
        var injected = parameters.Where(static p => p.IsDefined(typeof(PersistentStateAttribute))).ToArray();
        _facets = Array.ConvertAll(injected, PersistentStateFacet.For);
        _factory = ActivatorUtilities.CreateFactory(type, Array.ConvertAll(injected, static p => p.ParameterType));
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public Type[] Interfaces { get; }

    public bool IsReentrant { get; }

    public bool HasOwnFilter { get; }

    public StatelessWorkerAttribute? StatelessWorker { get; }

    public bool DecidesInterleaving => _mayInterleave is not null;

    public object Create(IGrainContext context)
    {
        var arguments = _facets.Length == 0 ? [] : Array.ConvertAll(_facets, make => make(context));
        return _factory(context.ActivationServices, arguments);
    }

    public bool MayInterleave(object? grain, IInvokable request) => _mayInterleave?.Invoke(grain, request) ?? false;

    /// <summary>How long an activation may be idle; null for ever.</summary>
    public TimeSpan? CollectionAge(GrainCollectionOptions options)
    {
        if (Type.IsDefined(typeof(KeepAliveAttribute), inherit: true))
        {
            return null;
        }

        if (options.ClassSpecificCollectionAge.TryGetValue(GrainType.ToString(), out var age)
            || options.ClassSpecificCollectionAge.TryGetValue(Type.FullName!, out age))
        {
            return age;
        }

        return Type.GetCustomAttribute<CollectionAgeLimitAttribute>(inherit: true) switch
        {
            null => options.CollectionAge,
            { AlwaysActive: true } => null,
            { } limit => limit.AgeLimit,
        };
    }

    /// <summary>The class name in lower case without "Grain", unless an attribute names it.</summary>
    public static GrainType NameOf(Type type)
    {
        if (type.GetCustomAttribute<GrainTypeAttribute>(inherit: false) is { } named)
        {
            return named.Value;
        }

        var name = type.Name.ToLowerInvariant();
        return GrainType.Create(name.EndsWith("grain", StringComparison.Ordinal) && name.Length > "grain".Length ? name[..^"grain".Length] : name);
    }

    private static ParameterInfo[] Parameters(Type type)
    {
        var constructors = type.GetConstructors();
        return (constructors.FirstOrDefault(static c => c.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute))) ?? constructors.FirstOrDefault())?.GetParameters() ?? [];
    }

    private static Func<object?, IInvokable, bool>? MayInterleavePredicate(Type type)
    {
        if (type.GetCustomAttribute<MayInterleaveAttribute>(inherit: true) is not { } attribute)
        {
            return null;
        }

        var method = type.GetMethod(attribute.CallbackMethodName, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.FlattenHierarchy);
        if (method is null || method.ReturnType != typeof(bool) || method.GetParameters() is not [{ ParameterType: var parameter }] || parameter != typeof(IInvokable))
        {
            throw new InvalidOperationException($"Class {type.FullName} doesn't declare a method bool {attribute.CallbackMethodName}({nameof(IInvokable)}) named by [MayInterleave].");
        }

        return method.IsStatic
            ? (_, request) => (bool)method.Invoke(null, [request])!
            : (grain, request) => (bool)method.Invoke(grain, [request])!;
    }
}
