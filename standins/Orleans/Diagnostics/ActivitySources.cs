using System.Diagnostics;

namespace Orleans.Diagnostics;

/// <summary>Names of the activity sources to subscribe to.</summary>
public static class ActivitySources
{
    public const string ApplicationGrainActivitySourceName = "Microsoft.Orleans.Application";
    public const string RuntimeActivitySourceName = "Microsoft.Orleans.Runtime";
    public const string LifecycleActivitySourceName = "Microsoft.Orleans.Lifecycle";
    public const string StorageActivitySourceName = "Microsoft.Orleans.Storage";
    public const string AllActivitySourceName = "Microsoft.Orleans.*";

    internal static readonly ActivitySource ApplicationGrainSource = new(ApplicationGrainActivitySourceName, "1.2.0");
    internal static readonly ActivitySource RuntimeGrainSource = new(RuntimeActivitySourceName, "2.1.0");
    internal static readonly ActivitySource LifecycleGrainSource = new(LifecycleActivitySourceName, "1.1.0");
    internal static readonly ActivitySource StorageGrainSource = new(StorageActivitySourceName, "1.1.0");
}

/// <summary>Tags of the activities.</summary>
internal static class ActivityTags
{
    public const string GrainId = "orleans.grain.id";
    public const string GrainType = "orleans.grain.type";
    public const string SiloId = "orleans.silo.id";
    public const string ActivationId = "orleans.activation.id";
    public const string DeactivationReason = "orleans.deactivation.reason";
    public const string StorageProvider = "orleans.storage.provider";
    public const string StorageStateName = "orleans.storage.state.name";
    public const string StorageStateType = "orleans.storage.state.type";
    public const string RpcSystem = "rpc.system.name";
    public const string RpcService = "orleans.rpc.service";
    public const string RpcMethod = "rpc.method";
    public const string RpcTargetId = "orleans.rpc.target_id";
    public const string RpcSourceId = "orleans.rpc.source_id";
    public const string ExceptionType = "exception.type";
    public const string ExceptionMessage = "exception.message";
    public const string ExceptionStacktrace = "exception.stacktrace";
    public const string ExceptionEscaped = "exception.escaped";
}
