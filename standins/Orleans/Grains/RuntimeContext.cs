namespace Orleans.Runtime;

/// <summary>The activation whose turn runs on this thread.</summary>
internal static class RuntimeContext
{
    [ThreadStatic]
    private static IGrainContext? current;

    public static IGrainContext? Current => current;

    /// <summary>Sets the activation and returns the one before.</summary>
    public static IGrainContext? Exchange(IGrainContext? context)
    {
        var previous = current;
        current = context;
        return previous;
    }
}

internal sealed class GrainContextAccessor : IGrainContextAccessor
{
    public IGrainContext GrainContext => RuntimeContext.Current!;
}
