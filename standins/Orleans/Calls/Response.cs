using System.Runtime.ExceptionServices;

namespace Orleans.Serialization.Invocation;

/// <summary>What a call ended with: a result, an exception, or nothing.</summary>
public abstract class Response : IDisposable
{
    public static Response Completed => CompletedResponse.Instance;

    public abstract object? Result { get; set; }

    public abstract Exception? Exception { get; set; }

    public static Response FromException(Exception exception) => new ExceptionResponse { Exception = exception };

    public static Response FromResult<TResult>(TResult value) => new Response<TResult> { TypedResult = value };

    public virtual Type? GetSimpleResultType() => null;

    public abstract T? GetResult<T>();

    public void Dispose() => GC.SuppressFinalize(this);

    public override string ToString() => Exception?.ToString() ?? Result?.ToString() ?? "[null]";
}

/// <summary>A call that ended without a result.</summary>
public sealed class CompletedResponse : Response
{
    public static CompletedResponse Instance { get; } = new();

    public override object? Result { get => null; set => throw new InvalidOperationException($"Type {nameof(CompletedResponse)} is read-only"); }

    public override Exception? Exception { get => null; set => throw new InvalidOperationException($"Type {nameof(CompletedResponse)} is read-only"); }

    public override T? GetResult<T>()
        where T : default => default;

    public override string ToString() => "[Completed]";
}

/// <summary>A call that failed.</summary>
public sealed class ExceptionResponse : Response
{
    public override object? Result
    {
        get
        {
            ExceptionDispatchInfo.Throw(Exception!);
            return null;
        }

        set => throw new InvalidOperationException($"Cannot set result property on response of type {nameof(ExceptionResponse)}");
    }

    public override Exception? Exception { get; set; }

    public override T? GetResult<T>()
        where T : default
    {
        ExceptionDispatchInfo.Throw(Exception!);
        return default;
    }
}

/// <summary>A call that ended with a result.</summary>
public sealed class Response<TResult> : Response
{
    public TResult? TypedResult { get; set; }

    public override object? Result { get => TypedResult; set => TypedResult = (TResult?)value; }

    public override Exception? Exception
    {
        get => null;
        set => throw new InvalidOperationException($"Cannot set {nameof(Exception)} property for type {nameof(Response<TResult>)}");
    }

    public override Type GetSimpleResultType() => typeof(TResult);

    public override T? GetResult<T>()
        where T : default => TypedResult is T result ? result : (T?)(object?)TypedResult;
}
