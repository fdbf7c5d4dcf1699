namespace Platform.Silo.Storage;

/// <summary>Storage cannot be used as it is configured: the process must not start. The message is one sentence for an operator, without secrets.</summary>
public sealed class StorageSetupException : Exception
{
    public StorageSetupException() : this("Storage cannot be used as configured.") { }

    public StorageSetupException(string message) : base(message) { }

    public StorageSetupException(string message, Exception innerException) : base(message, innerException) { }
}
