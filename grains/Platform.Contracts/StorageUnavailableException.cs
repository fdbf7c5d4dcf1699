namespace Platform;

/// <summary>
/// The platform could not reach storage, or does not know whether a write happened. The caller answers 503 and claims nothing.
/// Thrown in place of the storage's own exceptions, which do not cross a grain call (and would leak internals).
/// </summary>
[GenerateSerializer, Alias("platform.StorageUnavailableException")]
public sealed class StorageUnavailableException : Exception
{
    public StorageUnavailableException() : this("Storage is not available.") { }

    public StorageUnavailableException(string message) : base(message) { }

    public StorageUnavailableException(string message, Exception innerException) : base(message, innerException) { }
}
