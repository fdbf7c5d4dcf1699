using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Platform.Benchmarks.Measuring;

/// <summary>
/// What belongs to one of many like objects and to none of the others. All are walked at once, step by step, and what two of them reach is shared: nothing behind it is looked at.
/// </summary>
internal static class OwnedObjects
{
    /// <summary>Where the method table of a type keeps the size of an object without elements, and that of an element.</summary>
    private const int BaseSizeAt = 4;

    private const object? Shared = null;

    private static readonly ConcurrentDictionary<Type, FieldInfo[]> Fields = new();

    /// <param name="roots">Like objects, a hundred or more: the more there are, the surer it is what they share.</param>
    /// <returns>By type: how many each root has on average, and how many bytes that is; the largest first.</returns>
    public static IReadOnlyList<OwnedType> Of(IReadOnlyList<object> roots)
    {
        var owners = new Dictionary<object, object?>(ReferenceEqualityComparer.Instance);
        foreach (var root in roots) owners[root] = root;
        for (var step = roots; step.Count > 0;)
        {
            var found = new Dictionary<object, object?>(ReferenceEqualityComparer.Instance);
            foreach (var reached in step)
            {
                var owner = owners[reached];
                foreach (var next in References(reached))
                {
                    if (owners.TryGetValue(next, out var known))
                    {
                        if (known != owner) owners[next] = Shared;
                    }
                    else if (!found.TryAdd(next, owner) && found[next] != owner)
                    {
                        found[next] = Shared;
                    }
                }
            }

            foreach (var (next, owner) in found) owners.Add(next, owner);
            step = [.. found.Where(pair => pair.Value is not null).Select(pair => pair.Key)];
        }

        return
        [
            .. owners.Where(pair => pair.Value is not null).GroupBy(pair => pair.Key.GetType())
                .Select(type => new OwnedType(type.Key.ToString(), (double)type.Count() / roots.Count, (double)type.Sum(pair => SizeOf(pair.Key)) / roots.Count))
                .OrderByDescending(type => type.Bytes),
        ];
    }

    private static long SizeOf(object any)
    {
        var table = any.GetType().TypeHandle.Value;
        var elements = any switch { Array array => array.LongLength, string text => text.Length, _ => 0 };
        var size = Marshal.ReadInt32(table, BaseSizeAt) + (elements == 0 ? 0 : elements * (ushort)Marshal.ReadInt16(table));
        return (size + 7) & ~7L;
    }

    private static IEnumerable<object> References(object holder)
    {
        if (holder is string or Type or Pointer) return [];
        if (holder is not Array array) return OfFields(holder, holder.GetType());
        var element = array.GetType().GetElementType()!;
        return IsLeaf(element) ? [] : array.Cast<object?>().SelectMany(value => Of(value, element));
    }

    private static IEnumerable<object> OfFields(object holder, Type type) =>
        Fields.GetOrAdd(type, FieldsOf).SelectMany(field => Of(field.GetValue(holder), field.FieldType));

    private static IEnumerable<object> Of(object? value, Type declared)
    {
        if (value is null) return [];

        // It lies within its holder: only what it refers to is an object of its own.
        return declared.IsValueType ? OfFields(value, value.GetType()) : [value];
    }

    private static FieldInfo[] FieldsOf(Type type)
    {
        var fields = new List<FieldInfo>();
        for (var level = type; level is not null; level = level.BaseType)
        {
            fields.AddRange(level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Where(field => !IsLeaf(field.FieldType)));
        }

        return [.. fields];
    }

    /// <summary>Refers to nothing.</summary>
    private static bool IsLeaf(Type type) =>
        type.IsPointer || type.IsByRefLike || type.IsPrimitive || type.IsEnum || type.IsFunctionPointer || type is { IsValueType: true, ContainsGenericParameters: false } && !HoldsReferences(type);

    private static bool HoldsReferences(Type type) => (bool)typeof(RuntimeHelpers).GetMethod(nameof(RuntimeHelpers.IsReferenceOrContainsReferences))!.MakeGenericMethod(type).Invoke(null, null)!;
}

/// <param name="Type">Its name.</param>
/// <param name="Count">Objects of it that one of the roots has.</param>
/// <param name="Bytes">All of these together.</param>
internal sealed record OwnedType(string Type, double Count, double Bytes);
