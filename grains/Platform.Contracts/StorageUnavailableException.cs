namespace Platform;

/// <summary>
/// Storage could not be reached, or answered in a way that leaves open whether the write happened. Nothing is claimed; the caller answers 503.
/// Thrown in place of the storage's own exceptions, which do not cross a grain call (and would leak internals).
/// </summary>
[GenerateSerializer, Alias("platform.StorageUnavailableException")]
public sealed class StorageUnavailableException : Exception
{
    public StorageUnavailableException() : this("Storage is not available.") { }

    public StorageUnavailableException(string message) : base(message) { }

    public StorageUnavailableException(string message, Exception innerException) : base(message, innerException) { }
}
