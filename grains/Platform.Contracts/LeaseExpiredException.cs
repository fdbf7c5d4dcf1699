namespace Platform;

/// <summary>This process cannot prove now that what it holds in memory is what counts. Nothing is claimed; the caller answers 503.</summary>
[GenerateSerializer, Alias("platform.LeaseLapsedException")]
public sealed class LeaseExpiredException : Exception
{
    public LeaseExpiredException() : this("This node has not proven lately that it is a member of the cluster.") { }

    public LeaseExpiredException(string message) : base(message) { }

    public LeaseExpiredException(string message, Exception innerException) : base(message, innerException) { }
}
