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
    private readonly Lazy<(ObjectFactory Make, Func<IGrainContext, object>[] Facets)> _constructor;
    private readonly Lazy<Func<object?, IInvokable, bool>?> _mayInterleave;

    public GrainClass(Type type, GrainType grainType)
    {
        Type = type;
        GrainType = grainType;
        Interfaces = type.GetInterfaces().Where(static i => typeof(IGrain).IsAssignableFrom(i) && i != typeof(IGrain)).ToArray();
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        HasOwnFilter = typeof(IIncomingGrainCallFilter).IsAssignableFrom(type);
        StatelessWorker = type.GetCustomAttribute<StatelessWorkerAttribute>(inherit: true);

        // A class that cannot be made fails its own calls, not the others.
        _mayInterleave = new(() => MayInterleavePredicate(type));
        _constructor = new(() => Constructor(type));
    }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public Type[] Interfaces { get; }

    public bool IsReentrant { get; }

    public bool HasOwnFilter { get; }

    public StatelessWorkerAttribute? StatelessWorker { get; }

    public bool DecidesInterleaving => _mayInterleave.Value is not null;

    public object Create(IGrainContext context)
    {
        var (make, facets) = _constructor.Value;
        return make(context.ActivationServices, facets.Length == 0 ? [] : Array.ConvertAll(facets, facet => facet(context)));
    }

    public bool MayInterleave(object? grain, IInvokable request) => _mayInterleave.Value?.Invoke(grain, request) ?? false;

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

    private static (ObjectFactory Make, Func<IGrainContext, object>[] Facets) Constructor(Type type)
    {
        var constructors = type.GetConstructors();
        var constructor = constructors.FirstOrDefault(static c => c.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute))) ?? constructors.FirstOrDefault();
        var states = constructor?.GetParameters().Where(static p => p.IsDefined(typeof(PersistentStateAttribute))).ToArray() ?? [];
        return (ActivatorUtilities.CreateFactory(type, Array.ConvertAll(states, static p => p.ParameterType)), Array.ConvertAll(states, PersistentStateFacet.For));
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
