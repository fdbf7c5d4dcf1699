namespace Orleans.Serialization;

/// <summary>Base of what goes wrong when a value is to leave its process.</summary>
[GenerateSerializer]
public class SerializerException : Exception
{
    public SerializerException()
    {
    }

    public SerializerException(string message)
        : base(message)
    {
    }

    public SerializerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A type that cannot cross a grain call or be stored.</summary>
[GenerateSerializer]
public sealed class CodecNotFoundException : SerializerException
{
    public CodecNotFoundException()
    {
    }

    public CodecNotFoundException(string message)
        : base(message)
    {
    }

    public CodecNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>Which exceptions without [GenerateSerializer] may leave a grain.</summary>
public class ExceptionSerializationOptions
{
    public HashSet<string> SupportedNamespacePrefixes { get; } = new(StringComparer.Ordinal) { "Microsoft", "System", "Azure" };

    public Func<Type, bool> SupportedExceptionTypeFilter { get; set; } = _ => false;
}
