using Platform.Api.Problems;

namespace Platform.Api.Binding;

/// <summary>A handler's argument that was read from the request and may be faulty.</summary>
internal interface IBindingResult
{
    /// <summary>Why the request is refused; null when the argument is good.</summary>
    Problem? Problem { get; }
}

/// <summary>Answers faulty input before the handler runs, so that handlers only see good values.</summary>
internal static class InvalidInputFilter
{
    public static ValueTask<object?> FilterAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (QueryParameters.Check(context.HttpContext) is { } unknown) return new(unknown);
        foreach (var argument in context.Arguments)
        {
            if (argument is IBindingResult { Problem: { } problem }) return new(problem);
        }

        return next(context);
    }
}
