namespace Orleans.Runtime
{
    /// <summary>Base of the runtime's own exceptions.</summary>
    [GenerateSerializer]
    public class OrleansException : Exception
    {
        public OrleansException()
            : base("Unexpected error.")
        {
        }

        public OrleansException(string message)
            : base(message)
        {
        }

        public OrleansException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }

    /// <summary>The configuration cannot work.</summary>
    [GenerateSerializer]
    public sealed class OrleansConfigurationException : Exception
    {
        public OrleansConfigurationException(string message)
            : base(message)
        {
        }

        public OrleansConfigurationException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }

    /// <summary>A call was refused before it reached a grain.</summary>
    [GenerateSerializer]
    public class OrleansMessageRejectionException : OrleansException
    {
        public OrleansMessageRejectionException(string message)
            : base(message)
        {
        }

        public OrleansMessageRejectionException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }

    /// <summary>The silo that was to answer is gone or stopping.</summary>
    [GenerateSerializer]
    public sealed class SiloUnavailableException : OrleansMessageRejectionException
    {
        public SiloUnavailableException()
            : base("SiloUnavailableException")
        {
        }

        public SiloUnavailableException(string message)
            : base(message)
        {
        }

        public SiloUnavailableException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }

    /// <summary>A gateway sheds load.</summary>
    [GenerateSerializer]
    public sealed class GatewayTooBusyException : OrleansException
    {
        public GatewayTooBusyException()
            : base("Gateway too busy")
        {
        }

        public GatewayTooBusyException(string message)
            : base(message)
        {
        }

        public GatewayTooBusyException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }

    /// <summary>A queue is full.</summary>
    [GenerateSerializer]
    public sealed class LimitExceededException : OrleansException
    {
        public LimitExceededException()
            : base("Limit exceeded")
        {
        }

        public LimitExceededException(string message)
            : base(message)
        {
        }

        public LimitExceededException(string message, Exception innerException)
            : base(message, innerException)
        {
        }

        public LimitExceededException(string limitName, int current, int threshold, object extraInfo)
            : base($"Limit exceeded {limitName} Current={current} Threshold={threshold} {extraInfo}")
        {
        }
    }

    /// <summary>The observer or client that was called is gone.</summary>
    [GenerateSerializer]
    public sealed class ClientNotAvailableException : OrleansException
    {
        internal ClientNotAvailableException(GrainId clientId)
            : base($"No activation for client {clientId}")
        {
        }

        public ClientNotAvailableException(string message)
            : base(message)
        {
        }
    }

    /// <summary>Something of a grain was used outside of its turns.</summary>
    [GenerateSerializer]
    internal sealed class InvalidSchedulingContextException : OrleansException
    {
        public InvalidSchedulingContextException()
            : base("InvalidSchedulingContextException")
        {
        }

        public InvalidSchedulingContextException(string msg)
            : base(msg)
        {
        }

        public InvalidSchedulingContextException(string message, Exception innerException)
            : base(message, innerException)
        {
        }
    }
}

namespace Orleans.Storage
{
    using Orleans.Runtime;

    /// <summary>A storage provider is missing or wrongly configured.</summary>
    [GenerateSerializer]
    public sealed class BadProviderConfigException : OrleansException
    {
        public BadProviderConfigException()
        {
        }

        public BadProviderConfigException(string msg)
            : base(msg)
        {
        }

        public BadProviderConfigException(string msg, Exception exc)
            : base(msg, exc)
        {
        }
    }
}
