namespace Platform.Hosting;

/// <summary>The process must not start as it is configured. The message is one sentence for an operator, without secrets.</summary>
public sealed class StartupException : Exception
{
    public StartupException() : this("The process cannot start as it is configured.") { }

    public StartupException(string message) : base(message) { }

    public StartupException(string message, Exception innerException) : base(message, innerException) { }
}
