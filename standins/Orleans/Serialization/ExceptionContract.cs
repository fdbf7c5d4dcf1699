using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Orleans.Serialization;

/// <summary>Lets the same exceptions out of a grain that could reach a caller in another process.</summary>
internal sealed class ExceptionContract(IOptions<ExceptionSerializationOptions> options)
{
    private readonly ConcurrentDictionary<Type, bool> _crosses = new();

    public Exception Crossing(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (!_crosses.GetOrAdd(inner.GetType(), Crosses))
            {
                return new CodecNotFoundException(
                    $"Exception type {inner.GetType().FullName} has no [GenerateSerializer] and could not reach a caller in another process; "
                    + $"translate it inside the grain. It says: {inner.Message}",
                    exception);
            }
        }

        return exception;
    }

    private bool Crosses(Type type) => type == typeof(AggregateException)
        || type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)
        || options.Value.SupportedExceptionTypeFilter(type)
        || (type.Namespace is { } name && options.Value.SupportedNamespacePrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
}
