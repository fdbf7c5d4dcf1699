using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Activation;
using Orleans.Runtime;

namespace Orleans.Calls;

/// <summary>Names of grain interfaces.</summary>
internal static class InterfaceNames
{
    private static readonly ConcurrentDictionary<Type, GrainInterfaceType> Names = new();

    public static GrainInterfaceType Of(Type type) => Names.GetOrAdd(type, static type => type.GetCustomAttribute<GrainInterfaceTypeAttribute>() is { } named
        ? named.GetGrainInterfaceType(null!, type)
        : GrainInterfaceType.Create(type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.ToString()));
}

/// <summary>Makes references, and finds the class behind an interface.</summary>
internal sealed class ReferenceFactory(CallRouter router, GrainRegistry registry, ObserverDirectory observers, IServiceProvider services) : IClusterClient
{
    private static readonly GrainInterfaceType Untyped = GrainInterfaceType.Create("untyped");

    public IServiceProvider ServiceProvider => services;

    public object Make(Type interfaceType, GrainId id)
    {
        if (!interfaceType.IsInterface)
        {
            throw new ArgumentException($"Argument {nameof(interfaceType)} must be an interface. Provided value, \"{interfaceType}\", is not an interface.", nameof(interfaceType));
        }

        return ProxyBuilder.For(interfaceType)(router, id);
    }

    public GrainReference MakeUntyped(GrainId id) => new(router, id, Untyped);

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        return Typed<TGrainInterface>(IdSpan.Create(primaryKey), grainClassNamePrefix);
    }

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey => Typed<TGrainInterface>(GrainIdKeyExtensions.CreateGuidKey(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey => Typed<TGrainInterface>(GrainIdKeyExtensions.CreateIntegerKey(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidCompoundKey => Typed<TGrainInterface>(GrainIdKeyExtensions.CreateGuidKey(primaryKey, Extension(keyExtension)), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerCompoundKey => Typed<TGrainInterface>(GrainIdKeyExtensions.CreateIntegerKey(primaryKey, Extension(keyExtension)), grainClassNamePrefix);

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => (IGrain)GetGrain(grainInterfaceType, GrainIdKeyExtensions.CreateGuidKey(grainPrimaryKey));

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => (IGrain)GetGrain(grainInterfaceType, GrainIdKeyExtensions.CreateIntegerKey(grainPrimaryKey));

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => (IGrain)GetGrain(grainInterfaceType, IdSpan.Create(grainPrimaryKey));

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension)
        => (IGrain)GetGrain(grainInterfaceType, GrainIdKeyExtensions.CreateGuidKey(grainPrimaryKey, keyExtension));

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension)
        => (IGrain)GetGrain(grainInterfaceType, GrainIdKeyExtensions.CreateIntegerKey(grainPrimaryKey, keyExtension));

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => (TGrainInterface)Make(typeof(TGrainInterface), grainId);

    public IAddressable GetGrain(GrainId grainId) => MakeUntyped(grainId);

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType)
        => interfaceType.IsDefault ? MakeUntyped(grainId) : (IAddressable)Make(registry.InterfaceNamed(interfaceType), grainId);

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) => GetGrain(interfaceType, grainKey, null!);

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix)
        => (IAddressable)Make(interfaceType, new GrainId(registry.Serving(interfaceType, grainClassNamePrefix).GrainType, grainKey));

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        ArgumentNullException.ThrowIfNull(obj);
        if (obj is GrainReference or IGrainBase)
        {
            throw new ArgumentException("Argument obj must not be a grain or a reference.", nameof(obj));
        }

        return (TGrainObserverInterface)Make(typeof(TGrainObserverInterface), observers.Register(obj));
    }

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        if (obj is not GrainReference reference)
        {
            throw new ArgumentException("Argument reference is not a grain reference.", nameof(obj));
        }

        observers.Remove(reference.GrainId);
    }

    private T Typed<T>(IdSpan key, string? prefix)
        where T : IGrain => (T)(object)ProxyBuilder.For(typeof(T))(router, new GrainId(registry.Serving(typeof(T), prefix).GrainType, key));

    private static string Extension(string keyExtension)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(keyExtension);
        return keyExtension;
    }
}
