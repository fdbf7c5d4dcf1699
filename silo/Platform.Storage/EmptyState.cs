using System.Runtime.CompilerServices;

namespace Platform.Storage;

/// <summary>The state of a grain that has none: by its constructor where there is one without parameters, as Orleans does.</summary>
internal static class EmptyState
{
    public static T Create<T>() =>
        typeof(T).GetConstructor(Type.EmptyTypes) is null && !typeof(T).IsValueType
            ? (T)RuntimeHelpers.GetUninitializedObject(typeof(T))
            : Activator.CreateInstance<T>();
}
