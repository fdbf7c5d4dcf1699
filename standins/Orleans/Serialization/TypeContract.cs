using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.Globalization;
using System.Net;
using System.Numerics;
using Orleans.Runtime;

namespace Orleans.Serialization;

/// <summary>Decides which types may cross a call or be stored, and which of those can be shared without a copy.</summary>
internal static class TypeContract
{
    private static readonly FrozenSet<Type> Shared = new[]
    {
        typeof(string), typeof(decimal), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly), typeof(TimeOnly), typeof(Guid),
        typeof(Uri), typeof(Version), typeof(CultureInfo), typeof(CompareInfo), typeof(BigInteger), typeof(Int128), typeof(UInt128), typeof(Half),
        typeof(IPAddress), typeof(IPEndPoint), typeof(CancellationToken), typeof(BitVector32), typeof(nint), typeof(nuint), typeof(Type),
    }.ToFrozenSet();

    private static readonly FrozenSet<Type> Collections = new[]
    {
        typeof(List<>), typeof(Dictionary<,>), typeof(HashSet<>), typeof(Queue<>), typeof(Stack<>), typeof(SortedDictionary<,>), typeof(SortedSet<>),
        typeof(SortedList<,>), typeof(ConcurrentDictionary<,>), typeof(ConcurrentQueue<>), typeof(Collection<>), typeof(ReadOnlyCollection<>),
        typeof(ReadOnlyDictionary<,>), typeof(ArraySegment<>), typeof(Memory<>),
    }.ToFrozenSet();

    /// <summary>Immutable as long as their elements are.</summary>
    private static readonly FrozenSet<Type> Values = new[]
    {
        typeof(Nullable<>), typeof(KeyValuePair<,>), typeof(ReadOnlyMemory<>), typeof(ImmutableArray<>), typeof(ImmutableList<>), typeof(ImmutableDictionary<,>),
        typeof(ImmutableHashSet<>), typeof(ImmutableSortedDictionary<,>), typeof(ImmutableSortedSet<>), typeof(ImmutableQueue<>), typeof(ImmutableStack<>),
        typeof(FrozenSet<>), typeof(FrozenDictionary<,>),
    }.ToFrozenSet();

    private static readonly ConcurrentDictionary<Type, Verdict> Verdicts = new();

    [ThreadStatic]
    private static HashSet<Type>? judging;

    public static bool IsShared(Type type) => Of(type) is { Problem: null, Shared: true };

    public static string? ProblemOf(Type type) => Of(type).Problem;

    public static bool IsCollection(Type type) => type.IsGenericType && Collections.Contains(type.GetGenericTypeDefinition());

    public static bool IsValueCollection(Type type) => type.IsGenericType && (Values.Contains(type.GetGenericTypeDefinition()) || IsTuple(type));

    public static bool IsOpenEnded(Type type) => type == typeof(object) || type.IsInterface || (type.IsAbstract && !IsValueCollection(type));

    public static void Ensure(Type type, string place)
    {
        if (ProblemOf(type) is { } problem)
        {
            throw new CodecNotFoundException($"{place}: {problem}");
        }
    }

    private static bool IsTuple(Type type) => type.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal)
        || type.FullName.StartsWith("System.Tuple`", StringComparison.Ordinal);

    private static Verdict Of(Type type)
    {
        if (Verdicts.TryGetValue(type, out var known))
        {
            return known;
        }

        judging ??= [];
        if (!judging.Add(type))
        {
            // Within its own members: what matters is decided by the outer look; a type that holds itself is copied.
            return new Verdict(null, Shared: type.IsDefined(typeof(ImmutableAttribute), inherit: false));
        }

        Verdict verdict;
        try
        {
            verdict = Judge(type);
        }
        finally
        {
            judging.Remove(type);
        }

        if (judging.Count == 0 || verdict.Problem is null)
        {
            Verdicts.TryAdd(type, verdict);
        }

        return verdict;
    }

    private static Verdict Judge(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || Shared.Contains(type) || typeof(Type).IsAssignableFrom(type)
            || typeof(Exception).IsAssignableFrom(type) || typeof(CultureInfo).IsAssignableFrom(type))
        {
            return Verdict.Share;
        }

        if (typeof(IAddressable).IsAssignableFrom(type) || type == typeof(object))
        {
            return Verdict.Copy;
        }

        if (typeof(Delegate).IsAssignableFrom(type) || type.IsPointer || type.IsByRefLike || typeof(Task).IsAssignableFrom(type))
        {
            return Verdict.Refuse($"type {type} cannot leave its process.");
        }

        if (type.IsArray)
        {
            return Parts(type, shared: false, type.GetElementType()!);
        }

        if (IsCollection(type))
        {
            return Parts(type, shared: false, type.GetGenericArguments());
        }

        if (IsValueCollection(type))
        {
            return Parts(type, shared: true, type.GetGenericArguments());
        }

        if (type.IsInterface)
        {
            // What really comes is judged when it comes.
            return type.IsGenericType ? Parts(type, shared: false, type.GetGenericArguments()) : Verdict.Copy;
        }

        if (type == typeof(System.Collections.ArrayList) || type == typeof(NameValueCollection) || type == typeof(System.Collections.BitArray))
        {
            return Verdict.Copy;
        }

        if (type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
        {
            return Members(type);
        }

        return type.IsAbstract
            ? Verdict.Copy
            : Verdict.Refuse($"type {type} has no [GenerateSerializer] and is not a type Orleans knows how to serialize.");
    }

    private static Verdict Parts(Type whole, bool shared, params Type[] parts)
    {
        foreach (var part in parts)
        {
            if (Of(part) is { Problem: { } problem })
            {
                return Verdict.Refuse($"in {whole}: {problem}");
            }

            shared &= IsShared(part);
        }

        return shared ? Verdict.Share : Verdict.Copy;
    }

    private static Verdict Members(Type type)
    {
        if (!SerializableMembers.TryFind(type, out var fields, out var problem))
        {
            return Verdict.Refuse(problem);
        }

        var declaredImmutable = type.IsDefined(typeof(ImmutableAttribute), inherit: false);
        var shared = type.IsValueType || (type.IsSealed && fields.TrueForAll(static f => f.IsInitOnly));
        foreach (var field in fields)
        {
            if (Of(field.FieldType) is { Problem: { } inner })
            {
                return Verdict.Refuse($"member {SerializableMembers.NameOf(field)} of {type}: {inner}");
            }

            shared &= IsShared(field.FieldType) || SerializableMembers.IsImmutable(field);
        }

        return shared || declaredImmutable ? Verdict.Share : Verdict.Copy;
    }

    private readonly record struct Verdict(string? Problem, bool Shared)
    {
        public static readonly Verdict Share = new(null, Shared: true);
        public static readonly Verdict Copy = new(null, Shared: false);

        public static Verdict Refuse(string problem) => new(problem, Shared: false);
    }
}
