using System.Reflection;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Calls;

/// <summary>What is known of one method of a grain interface; made once.</summary>
internal sealed class MethodDescriptor
{
    private volatile bool _usable;

    public MethodDescriptor(MethodInfo method, GrainInterfaceType interfaceType)
    {
        Method = method;
        InterfaceType = interfaceType;
        Interface = method.DeclaringType!;
        InterfaceName = (Interface.FullName ?? Interface.Name).Replace('+', '.');
        ActivityName = $"{Interface.Name}/{method.Name}";
        ResultType = ResultOf(method.ReturnType);
        OneWay = method.ReturnType == typeof(void) || method.IsDefined(typeof(OneWayAttribute));
        ReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        AlwaysInterleave = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        ResultIsImmutable = method.ReturnParameter.IsDefined(typeof(ImmutableAttribute));
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
    }

    public MethodInfo Method { get; }

    public Type Interface { get; }

    public GrainInterfaceType InterfaceType { get; }

    public string InterfaceName { get; }

    public string ActivityName { get; }

    public Type? ResultType { get; }

    public bool OneWay { get; }

    public bool ReadOnly { get; }

    public bool AlwaysInterleave { get; }

    public bool ResultIsImmutable { get; }

    public TimeSpan? ResponseTimeout { get; }

    public bool IsStream => Method.ReturnType.IsGenericType && Method.ReturnType.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>);

    /// <summary>Refuses, at the first call, a method whose arguments or result could not cross between processes.</summary>
    public void EnsureUsable()
    {
        if (_usable)
        {
            return;
        }

        var place = $"{Interface.FullName}.{Method.Name}";
        foreach (var parameter in Method.GetParameters())
        {
            TypeContract.Ensure(parameter.ParameterType, $"parameter '{parameter.Name}' of {place}");
        }

        if (ResultType is not null)
        {
            TypeContract.Ensure(ResultType, $"result of {place}");
        }

        _usable = true;
    }

    private static Type? ResultOf(Type returnType)
        => returnType.IsGenericType && (returnType.GetGenericTypeDefinition() == typeof(Task<>)
            || returnType.GetGenericTypeDefinition() == typeof(ValueTask<>)
            || returnType.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)) ? returnType.GetGenericArguments()[0] : null;
}
