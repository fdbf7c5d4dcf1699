namespace Platform;

/// <summary>This process cannot prove now that its memory is current. The caller answers 503 and claims nothing.</summary>
[GenerateSerializer, Alias("platform.LeaseLapsedException")]
public sealed class LeaseExpiredException : Exception
{
    public LeaseExpiredException() : this("This node has not proven lately that it is a member of the cluster.") { }

    public LeaseExpiredException(string message) : base(message) { }

    public LeaseExpiredException(string message, Exception innerException) : base(message, innerException) { }
}
