namespace Orleans.Runtime;

/// <summary>Kinds of grain that are the runtime's own.</summary>
public static class GrainTypePrefix
{
    public const string SystemPrefix = "sys.";
    public const string SystemTargetPrefix = SystemPrefix + "svc.";
    public const string ClientPrefix = SystemPrefix + "client";

    public static bool IsSystemTarget(this in GrainType type) => type.AsSpan().StartsWith("sys.svc."u8);

    public static bool IsSystemTarget(this in GrainId id) => id.Type.IsSystemTarget();

    public static bool IsClient(this in GrainType type) => type.AsSpan().StartsWith("sys.client"u8);

    public static bool IsClient(this in GrainId id) => id.Type.IsClient();
}
