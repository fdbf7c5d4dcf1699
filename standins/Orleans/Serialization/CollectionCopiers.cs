using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.Serialization;

/// <summary>How collections are copied, element by element where elements can change.</summary>
internal static class CollectionCopiers
{
    private static readonly FrozenDictionary<Type, MethodInfo> Methods = typeof(CollectionCopiers)
        .GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
        .Where(static m => m.GetParameters() is [_, { ParameterType: var scope }] && scope == typeof(CopyScope) && !m.ReturnType.IsArray && !m.ReturnType.IsGenericParameter)
        .ToFrozenDictionary(static m => m.ReturnType.IsGenericType ? m.ReturnType.GetGenericTypeDefinition() : m.ReturnType);

    public static MethodInfo? MethodFor(Type type)
    {
        if (type.IsArray)
        {
            return type.IsSZArray
                ? Own(nameof(Array)).MakeGenericMethod(type.GetElementType()!)
                : Own(nameof(MultiDimensional)).MakeGenericMethod(type);
        }

        if (type.IsGenericType && typeof(ITuple).IsAssignableFrom(type))
        {
            return Own(nameof(Tuple)).MakeGenericMethod(type);
        }

        return Methods.TryGetValue(type.IsGenericType ? type.GetGenericTypeDefinition() : type, out var method)
            ? type.IsGenericType ? method.MakeGenericMethod(type.GetGenericArguments()) : method
            : null;
    }

    private static MethodInfo Own(string name) => typeof(CollectionCopiers).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;

    private static T C<T>(T value, CopyScope scope, int _ = 0) => Copier<T>.CopyIn(value, scope);

    private static TWhole Once<TWhole>(TWhole value, CopyScope scope, TWhole empty, Action<TWhole> fill)
        where TWhole : class
    {
        if (scope.TryGet(value, out var known))
        {
            return (TWhole)known!;
        }

        scope.Add(value, empty);
        fill(empty);
        return empty;
    }

    private static TWhole Once<TWhole>(TWhole value, CopyScope scope, Func<TWhole> copy)
        where TWhole : class
    {
        if (scope.TryGet(value, out var known))
        {
            return (TWhole)known!;
        }

        var made = copy();
        scope.Add(value, made);
        return made;
    }

    private static T[] Array<T>(T[] value, CopyScope scope)
    {
        if (TypeContract.IsShared(typeof(T)))
        {
            return value.Length == 0 ? value : (T[])value.Clone();
        }

        return Once(value, scope, new T[value.Length], copy =>
        {
            for (var i = 0; i < value.Length; i++)
            {
                copy[i] = C(value[i], scope);
            }
        });
    }

    private static T MultiDimensional<T>(T value, CopyScope scope)
    {
        var copy = (Array)((Array)(object)value!).Clone();
        var indices = new int[copy.Rank];
        CopyDimension(copy, indices, 0, scope);
        return (T)(object)copy;
    }

    private static void CopyDimension(Array array, int[] indices, int dimension, CopyScope scope, int _ = 0)
    {
        for (var i = array.GetLowerBound(dimension); i <= array.GetUpperBound(dimension); i++)
        {
            indices[dimension] = i;
            if (dimension < array.Rank - 1)
            {
                CopyDimension(array, indices, dimension + 1, scope);
            }
            else if (array.GetValue(indices) is { } element)
            {
                array.SetValue(Copier.Copy(element, scope), indices);
            }
        }
    }

    /// <summary>Tuples are rebuilt by their constructor from copied items.</summary>
    private static T Tuple<T>(T value, CopyScope scope)
    {
        var items = typeof(T).GetGenericArguments().Length;
        var copied = new object?[items];
        for (var i = 0; i < items; i++)
        {
            var member = i == 7 ? "Rest" : $"Item{i + 1}";
            var item = typeof(T).IsValueType ? typeof(T).GetField(member)!.GetValue(value) : typeof(T).GetProperty(member)!.GetValue(value);
            copied[i] = item is null ? null : Copier.Copy(item, scope);
        }

        return (T)Activator.CreateInstance(typeof(T), copied)!;
    }

    private static List<T> List<T>(List<T> value, CopyScope scope) => Once(value, scope, new List<T>(value.Count), copy =>
    {
        foreach (var item in value)
        {
            copy.Add(C(item, scope));
        }
    });

    private static Dictionary<TKey, TValue> Dictionary<TKey, TValue>(Dictionary<TKey, TValue> value, CopyScope scope)
        where TKey : notnull => Once(value, scope, new Dictionary<TKey, TValue>(value.Count, value.Comparer), copy =>
        {
            foreach (var (key, item) in value)
            {
                copy.Add(C(key, scope), C(item, scope));
            }
        });

    private static HashSet<T> HashSet<T>(HashSet<T> value, CopyScope scope)
        => Once(value, scope, new HashSet<T>(value.Count, value.Comparer), copy => copy.UnionWith(value.Select(item => C(item, scope))));

    private static Queue<T> Queue<T>(Queue<T> value, CopyScope scope) => Once(value, scope, () => new Queue<T>(value.Select(item => C(item, scope))));

    private static Stack<T> Stack<T>(Stack<T> value, CopyScope scope) => Once(value, scope, () => new Stack<T>(value.Reverse().Select(item => C(item, scope))));

    private static SortedDictionary<TKey, TValue> SortedDictionary<TKey, TValue>(SortedDictionary<TKey, TValue> value, CopyScope scope)
        where TKey : notnull => Once(value, scope, new SortedDictionary<TKey, TValue>(value.Comparer), copy =>
        {
            foreach (var (key, item) in value)
            {
                copy.Add(C(key, scope), C(item, scope));
            }
        });

    private static SortedList<TKey, TValue> SortedList<TKey, TValue>(SortedList<TKey, TValue> value, CopyScope scope)
        where TKey : notnull => Once(value, scope, new SortedList<TKey, TValue>(value.Count, value.Comparer), copy =>
        {
            foreach (var (key, item) in value)
            {
                copy.Add(C(key, scope), C(item, scope));
            }
        });

    private static SortedSet<T> SortedSet<T>(SortedSet<T> value, CopyScope scope)
        => Once(value, scope, () => new SortedSet<T>(value.Select(item => C(item, scope)), value.Comparer));

    private static ConcurrentDictionary<TKey, TValue> ConcurrentDictionary<TKey, TValue>(ConcurrentDictionary<TKey, TValue> value, CopyScope scope)
        where TKey : notnull => Once(value, scope, () => new ConcurrentDictionary<TKey, TValue>(
            value.Select(pair => KeyValuePair.Create(C(pair.Key, scope), C(pair.Value, scope))), value.Comparer));

    private static ConcurrentQueue<T> ConcurrentQueue<T>(ConcurrentQueue<T> value, CopyScope scope)
        => Once(value, scope, () => new ConcurrentQueue<T>(value.Select(item => C(item, scope))));

    private static Collection<T> Collection<T>(Collection<T> value, CopyScope scope) => Once(value, scope, () => new Collection<T>(value.Select(item => C(item, scope)).ToList()));

    private static ReadOnlyCollection<T> ReadOnlyCollection<T>(ReadOnlyCollection<T> value, CopyScope scope)
        => Once(value, scope, () => new ReadOnlyCollection<T>(value.Select(item => C(item, scope)).ToList()));

    private static ReadOnlyDictionary<TKey, TValue> ReadOnlyDictionary<TKey, TValue>(ReadOnlyDictionary<TKey, TValue> value, CopyScope scope)
        where TKey : notnull => Once(value, scope, () => new ReadOnlyDictionary<TKey, TValue>(value.ToDictionary(pair => C(pair.Key, scope), pair => C(pair.Value, scope))));

    private static T? Nullable<T>(T? value, CopyScope scope)
        where T : struct => value is { } present ? C(present, scope) : null;

    private static KeyValuePair<TKey, TValue> Pair<TKey, TValue>(KeyValuePair<TKey, TValue> value, CopyScope scope) => new(C(value.Key, scope), C(value.Value, scope));

    private static ArraySegment<T> Segment<T>(ArraySegment<T> value, CopyScope scope) => value.Array is null ? value : new(Array(value.ToArray(), scope));

    private static Memory<T> Memory<T>(Memory<T> value, CopyScope scope) => Array(value.ToArray(), scope);

    private static ReadOnlyMemory<T> ReadOnlyMemory<T>(ReadOnlyMemory<T> value, CopyScope scope) => Array(value.ToArray(), scope);

    private static ImmutableArray<T> ImmutableArray<T>(ImmutableArray<T> value, CopyScope scope) => value.IsDefault ? value : [.. value.Select(item => C(item, scope))];

    private static ImmutableList<T> ImmutableList<T>(ImmutableList<T> value, CopyScope scope) => [.. value.Select(item => C(item, scope))];

    private static ImmutableQueue<T> ImmutableQueue<T>(ImmutableQueue<T> value, CopyScope scope) => [.. value.Select(item => C(item, scope))];

    private static ImmutableStack<T> ImmutableStack<T>(ImmutableStack<T> value, CopyScope scope) => [.. value.Reverse().Select(item => C(item, scope))];

    private static ImmutableHashSet<T> ImmutableHashSet<T>(ImmutableHashSet<T> value, CopyScope scope) => value.Select(item => C(item, scope)).ToImmutableHashSet(value.KeyComparer);

    private static ImmutableSortedSet<T> ImmutableSortedSet<T>(ImmutableSortedSet<T> value, CopyScope scope)
        => value.Select(item => C(item, scope)).ToImmutableSortedSet(value.KeyComparer);

    private static ImmutableDictionary<TKey, TValue> ImmutableDictionary<TKey, TValue>(ImmutableDictionary<TKey, TValue> value, CopyScope scope)
        where TKey : notnull => value.ToImmutableDictionary(pair => C(pair.Key, scope), pair => C(pair.Value, scope), value.KeyComparer, value.ValueComparer);

    private static ImmutableSortedDictionary<TKey, TValue> ImmutableSortedDictionary<TKey, TValue>(ImmutableSortedDictionary<TKey, TValue> value, CopyScope scope)
        where TKey : notnull => value.ToImmutableSortedDictionary(pair => C(pair.Key, scope), pair => C(pair.Value, scope), value.KeyComparer, value.ValueComparer);

    private static FrozenSet<T> FrozenSet<T>(FrozenSet<T> value, CopyScope scope) => value.Select(item => C(item, scope)).ToFrozenSet(value.Comparer);

    private static FrozenDictionary<TKey, TValue> FrozenDictionary<TKey, TValue>(FrozenDictionary<TKey, TValue> value, CopyScope scope)
        where TKey : notnull => value.ToFrozenDictionary(pair => C(pair.Key, scope), pair => C(pair.Value, scope), value.Comparer);

    private static ArrayList Untyped(ArrayList value, CopyScope scope) => Once(value, scope, new ArrayList(value.Count), copy =>
    {
        foreach (var item in value)
        {
            copy.Add(item is null ? null : Copier.Copy(item, scope));
        }
    });

    private static NameValueCollection Names(NameValueCollection value, CopyScope scope) => Once(value, scope, () => new NameValueCollection(value));

    private static BitArray Bits(BitArray value, CopyScope scope) => Once(value, scope, () => new BitArray(value));
}
