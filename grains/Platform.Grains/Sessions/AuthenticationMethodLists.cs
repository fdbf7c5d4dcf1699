using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Platform.Sessions;

/// <summary>There are few ways to sign in and many sessions: equal lists are one list.</summary>
internal static class AuthenticationMethodLists
{
    /// <summary>Above what the methods that there are can make; lists beyond it stay as they come.</summary>
    private const int MaxLists = 256;

    private static readonly ConcurrentDictionary<string, ImmutableArray<string>> Known = new(StringComparer.Ordinal);

    public static ImmutableArray<string> Shared(ImmutableArray<string> methods)
    {
        if (methods.IsDefaultOrEmpty) return methods;
        var text = methods.Length == 1 ? methods[0] : string.Join(' ', methods);
        if (Known.TryGetValue(text, out var known)) return known;
        return Known.Count < MaxLists ? Known.GetOrAdd(text, methods) : methods;
    }
}
