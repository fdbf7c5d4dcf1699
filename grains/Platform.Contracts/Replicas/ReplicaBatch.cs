using System.Collections.Immutable;

namespace Platform.Replicas;

/// <summary>One decision of an owner about what a holder has a replica of.</summary>
/// <param name="Key">Of the replica; empty for a notice that belongs to none.</param>
/// <param name="State">What it is now; null: it is taken back.</param>
/// <typeparam name="T">What is replicated, immutable.</typeparam>
[GenerateSerializer, Immutable, Alias("platform.ReplicaChange`1")]
public readonly record struct ReplicaChange<T>([property: Id(0)] string Key, [property: Id(1)] T? State) where T : class;

/// <summary>
/// Answer of an owner to a holder: all changes that the holder has not confirmed, in the order in which they were decided, and for how long it may answer by what it then has.
/// Lease and changes travel together, so that no holder gets time without everything that was decided before it.
/// </summary>
/// <typeparam name="T">What is replicated.</typeparam>
[GenerateSerializer, Immutable, Alias("platform.ReplicaBatch`1")]
public sealed record ReplicaBatch<T> where T : class
{
    /// <summary>To a holder that the owner does not know, or knows no more: it has to drop everything and start anew.</summary>
    public static readonly ReplicaBatch<T> ForStranger = new();

    /// <summary>Names what the owner remembers of the holder; 0: nothing. Another one than before means that changes were missed.</summary>
    [Id(0)] public long Incarnation { get; init; }

    /// <summary>Number of the first change; they count from 1.</summary>
    [Id(1)] public long First { get; init; }

    [Id(2)] public ImmutableArray<ReplicaChange<T>> Changes { get; init; } = [];

    /// <summary>Counted from the moment at which the holder asked, by its own monotonic clock.</summary>
    [Id(3)] public TimeSpan Lease { get; init; }

    /// <summary>By the owner's clock when it answered: the one by which replicas are judged.</summary>
    [Id(4)] public DateTimeOffset Now { get; init; }
}
