using Orleans.Placement;

namespace Orleans.Concurrency;

/// <summary>Calls of methods marked so may run beside each other.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadOnlyAttribute : Attribute;

/// <summary>A call of this method may run beside any other.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute;

/// <summary>The caller does not wait and learns of no failure.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OneWayAttribute : Attribute;

/// <summary>Calls of this grain may run beside each other, one turn at a time.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReentrantAttribute : Attribute;

/// <summary>A static method <c>bool Name(IInvokable)</c> of the grain decides which calls may run beside others.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class MayInterleaveAttribute(string callbackMethodName) : Attribute
{
    internal string CallbackMethodName { get; } = callbackMethodName;
}

/// <summary>Has no effect, as in Orleans.</summary>
[AttributeUsage(AttributeTargets.Interface)]
[Obsolete("Message ordering is not guaranteed regardless of whether this attribute is used. This attribute has no effect.")]
public sealed class UnorderedAttribute : Attribute;

/// <summary>Several activations may share one key; a call goes to an idle one.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StatelessWorkerAttribute : PlacementAttribute
{
    public StatelessWorkerAttribute()
        : this(-1)
    {
    }

    public StatelessWorkerAttribute(int maxLocalWorkers) => MaxLocalWorkers = maxLocalWorkers > 0 ? maxLocalWorkers : Environment.ProcessorCount;

    public StatelessWorkerAttribute(int maxLocalWorkers, bool removeIdleWorkers)
        : this(maxLocalWorkers) => RemoveIdleWorkers = removeIdleWorkers;

    internal int MaxLocalWorkers { get; }

    internal bool RemoveIdleWorkers { get; } = true;
}
