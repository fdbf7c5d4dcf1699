using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Serialization;

/// <summary>The objects copied so far in one call, so that what was one object stays one object and cycles end.</summary>
internal sealed class CopyScope
{
    private readonly Dictionary<object, object> _copies = new(ReferenceEqualityComparer.Instance);

    public bool TryGet(object original, out object? copy) => _copies.TryGetValue(original, out copy);

    public void Add(object original, object copy) => _copies[original] = copy;
}

/// <summary>Copies values of one type; types that cannot change are not copied.</summary>
internal static class Copier<T>
{
    private static readonly Func<T, CopyScope, T>? Deep = CopierFactory.Make<T>();

    public static T Copy(T value) => Deep is null || value is null ? value : Deep(value, new CopyScope());

    public static T CopyIn(T value, CopyScope scope) => Deep is null || value is null ? value : Deep(value, scope);
}

/// <summary>Copies values whose type is known only when they come.</summary>
internal static class Copier
{
    private static readonly ConcurrentDictionary<Type, Func<object, CopyScope, object>> Known = new();

    public static object Copy(object value, CopyScope scope) => Known.GetOrAdd(value.GetType(), static type => typeof(Copier)
        .GetMethod(nameof(Adapt), BindingFlags.NonPublic | BindingFlags.Static)!
        .MakeGenericMethod(type)
        .CreateDelegate<Func<object, CopyScope, object>>())(value, scope);

    /// <summary>The values of a request context as the callee sees them; the same dictionary when nothing in it can change.</summary>
    public static Dictionary<string, object> CopyContext(Dictionary<string, object> values)
    {
        foreach (var value in values.Values)
        {
            if (!TypeContract.IsShared(value.GetType()))
            {
                var scope = new CopyScope();
                return values.ToDictionary(static pair => pair.Key, pair => Copy(pair.Value, scope), StringComparer.Ordinal);
            }
        }

        return values;
    }

    private static object Adapt<T>(object value, CopyScope scope) => Copier<T>.CopyIn((T)value, scope)!;
}
