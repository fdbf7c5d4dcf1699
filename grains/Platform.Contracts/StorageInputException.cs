namespace Platform;

/// <summary>
/// Storage cannot hold or compare a value that it was given (SQLSTATE class 22: NUL in a text, a number out of range). Nothing was written, and a retry would fail again:
/// the caller answers 400. It is a defect all the same, because input is checked where it is read, and so it is logged as one.
/// </summary>
[GenerateSerializer, Alias("platform.StorageInputException")]
public sealed class StorageInputException : Exception
{
    public StorageInputException() : this("Storage cannot hold a value that it was given; nothing was written.") { }

    public StorageInputException(string message) : base(message) { }

    public StorageInputException(string message, Exception innerException) : base(message, innerException) { }
}
