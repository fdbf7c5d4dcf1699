namespace Orleans.Runtime;

/// <summary>Keys of the clocks of single areas; without one an area uses the unkeyed <see cref="TimeProvider"/>.</summary>
public static class TimeProviderNames
{
    /// <summary>Grain timers.</summary>
    public const string Grains = "Orleans.Grains";

    /// <summary>Accepted; response timeouts always run on real time.</summary>
    public const string Messaging = "Orleans.Messaging";

    public const string SystemTimers = "Orleans.SystemTimers";

    public const string Membership = "Orleans.Membership";

    /// <summary>Idleness and collection of activations.</summary>
    public const string ActivationManagement = "Orleans.ActivationManagement";

    public const string GrainDirectory = "Orleans.GrainDirectory";
}
