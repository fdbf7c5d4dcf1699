using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Platform.State;

/// <summary>Makes what <see cref="CommittedStateAttribute"/> stands before. Orleans asks once for a grain class, and calls what it gets for each activation.</summary>
internal sealed class CommittedStateMapper(IServiceProvider services, ILoggerFactory loggers) : IAttributeToFactoryMapper<CommittedStateAttribute>
{
    private static readonly MethodInfo GenericFactory = typeof(CommittedStateMapper).GetMethod(nameof(FactoryOf), BindingFlags.Static | BindingFlags.NonPublic)!;

    public Factory<IGrainContext, object> GetFactory(ParameterInfo parameter, CommittedStateAttribute attribute)
    {
        var type = parameter.ParameterType;
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(Committed<>))
        {
            throw new ArgumentException($"Parameter {parameter.Name} of {parameter.Member.DeclaringType} has [CommittedState] and is a {type}; it must be a Committed<T>.");
        }

        var store = new CommittedStore(services.GetRequiredKeyedService<IGrainStorage>(StateNames.Storage), attribute.StateName, loggers.CreateLogger(parameter.Member.DeclaringType!));
        return (Factory<IGrainContext, object>)GenericFactory.MakeGenericMethod(type.GetGenericArguments()).Invoke(null, [attribute, store])!;
    }

    private static Factory<IGrainContext, object> FactoryOf<TState>(CommittedStateAttribute attribute, CommittedStore store) where TState : class, new() => context =>
    {
        var committed = new Committed<TState>(store, context);
        if (!attribute.LoadedByGrain) context.ObservableLifecycle.Subscribe(attribute.StateName, GrainLifecycleStage.SetupState, committed);
        return committed;
    };
}
