using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>Makes state objects on the storage named in the attribute, or on the default one.</summary>
internal sealed class PersistentStateFactory : IPersistentStateFactory
{
    public IPersistentState<TState> Create<TState>(IGrainContext context, IPersistentStateConfiguration config)
    {
        var named = !string.IsNullOrWhiteSpace(config.StorageName);
        var storage = named
            ? context.ActivationServices.GetKeyedService<IGrainStorage>(config.StorageName)
            : context.ActivationServices.GetService<IGrainStorage>();
        if (storage is null)
        {
            throw new BadProviderConfigException(named
                ? $"No storage provider named \"{config.StorageName}\" found loading grain type {context.GrainId.Type}."
                : $"No default storage provider found loading grain type {context.GrainId.Type}.");
        }

        return new StateBridge<TState>(
            config.StateName, context, storage, context.ActivationServices.GetRequiredService<ILoggerFactory>().CreateLogger(storage.GetType()));
    }
}

/// <summary>What fills a constructor parameter that carries <see cref="PersistentStateAttribute"/>.</summary>
internal static class PersistentStateFacet
{
    private static readonly MethodInfo CreateMethod = typeof(PersistentStateFacet).GetMethod(nameof(Create), BindingFlags.Static | BindingFlags.NonPublic)!;

    public static Func<IGrainContext, object> For(ParameterInfo parameter)
    {
        if (!parameter.ParameterType.IsGenericType || parameter.ParameterType.GetGenericTypeDefinition() != typeof(IPersistentState<>))
        {
            throw new ArgumentException(
                $"Parameter '{parameter.Name}' on the constructor for '{parameter.Member.DeclaringType}' has an unsupported type, '{parameter.ParameterType}'. "
                + $"It must be an instance of generic type '{typeof(IPersistentState<>)}' because it has an associated [PersistentState(...)] attribute.",
                nameof(parameter));
        }

        var attribute = parameter.GetCustomAttribute<PersistentStateAttribute>()!;
        IPersistentStateConfiguration configuration = string.IsNullOrEmpty(attribute.StateName)
            ? new PersistentStateAttribute(parameter.Name!, attribute.StorageName)
            : attribute;
        var create = CreateMethod.MakeGenericMethod(parameter.ParameterType.GetGenericArguments())
            .CreateDelegate<Func<IPersistentStateFactory, IGrainContext, IPersistentStateConfiguration, object>>();
        return context => create(context.ActivationServices.GetRequiredService<IPersistentStateFactory>(), context, configuration);
    }

    private static object Create<TState>(IPersistentStateFactory factory, IGrainContext context, IPersistentStateConfiguration configuration)
        => factory.Create<TState>(context, configuration);
}
