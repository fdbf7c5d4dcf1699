using System.Collections.Immutable;

namespace Platform.Audit;

/// <summary>Stored as numbers: values are for ever.</summary>
public enum AuditOutcome
{
    Success = 1,

    /// <summary>Refused, or begun and not completed.</summary>
    Failure = 2,
}

/// <summary>Kinds of actors and targets.</summary>
public static class AuditParties
{
    public const string User = "user";

    /// <summary>A user of the platform's own tenant who acts on another one.</summary>
    public const string Operator = "operator";
    public const string ApiKey = "api_key";
    public const string Tenant = "tenant";
    public const string Role = "role";
    public const string Scenario = "scenario";
    public const string SupportGrant = "support_grant";
    public const string Snippet = "snippet";
    public const string NotificationTemplate = "notification_template";
    public const string VulnerabilityReport = "vulnerability_report";

    /// <summary>A call of the API by method and route: what somebody without the right to it tried.</summary>
    public const string Operation = "operation";

    /// <summary>The platform by itself: expiry, first start.</summary>
    public const string System = "system";

    /// <summary>A command of the program, run on the machine that holds data and master key; its id is the command's name. Which person ran it is not known.</summary>
    public const string Command = "command";

    /// <summary>A backup of the platform, by its name.</summary>
    public const string Backup = "backup";

    /// <summary>The master key of the installation, by the name that the log of a start says.</summary>
    public const string MasterKey = "master_key";

    /// <summary>Who was not, or not yet, known.</summary>
    public const string Anonymous = "anonymous";
}

/// <summary>Who did something, or to what it was done.</summary>
/// <param name="Type">One of <see cref="AuditParties"/>.</param>
/// <param name="Id">Null where there is none.</param>
/// <param name="Name">Personal: kept under the subject's data key.</param>
[GenerateSerializer, Immutable, Alias("platform.AuditParty")]
public sealed record AuditParty([property: Id(0)] string Type, [property: Id(1)] string? Id, [property: Id(2)] string? Name = null);

/// <summary>One field before and after. Values are canonical JSON texts; null is JSON null. Secrets stand without values.</summary>
[GenerateSerializer, Immutable, Alias("platform.AuditChange")]
public sealed record AuditChange([property: Id(0)] string Path, [property: Id(1)] string? Before, [property: Id(2)] string? After);

/// <summary>An event as who may read the log sees it, with what is needed to check it.</summary>
[GenerateSerializer, Immutable, Alias("platform.AuditEvent")]
public sealed record AuditEvent
{
    [Id(0)] public required TenantId TenantId { get; init; }

    /// <summary>From 1, without holes.</summary>
    [Id(1)] public required long Sequence { get; init; }
    [Id(2)] public required string Id { get; init; }
    [Id(3)] public required DateTimeOffset Time { get; init; }
    [Id(4)] public required AuditParty Actor { get; init; }
    [Id(5)] public required string Action { get; init; }
    [Id(6)] public required AuditParty Target { get; init; }
    [Id(7)] public required AuditOutcome Outcome { get; init; }

    /// <summary>A code; null where nothing is to be said.</summary>
    [Id(8)] public required string? Reason { get; init; }
    [Id(9)] public required string? Ip { get; init; }
    [Id(10)] public required string? UserAgent { get; init; }

    /// <summary>The session that a <c>session.*</c> event is about; otherwise the one that acted.</summary>
    [Id(11)] public required string? SessionId { get; init; }
    [Id(12)] public required string? TraceId { get; init; }
    [Id(13)] public required ImmutableArray<AuditChange> Changes { get; init; }
    [Id(14)] public required ImmutableArray<byte> PreviousHash { get; init; }
    [Id(15)] public required ImmutableArray<byte> Hash { get; init; }
    [Id(16)] public required AuditProof ActorProof { get; init; }
    [Id(17)] public required AuditProof TargetProof { get; init; }
}

/// <summary>What an event commits to for one section. The salt is null where the section was erased: then it can be read by nobody, and the chain still verifies.</summary>
[GenerateSerializer, Immutable, Alias("platform.AuditProof")]
public sealed record AuditProof([property: Id(0)] ImmutableArray<byte> Commitment, [property: Id(1)] ImmutableArray<byte>? Salt);

/// <summary>What events to read; null matches all. Ids and actions match exactly.</summary>
[GenerateSerializer, Immutable, Alias("platform.AuditFilter")]
public sealed record AuditFilter
{
    public static readonly AuditFilter All = new();

    /// <summary>Inclusive.</summary>
    [Id(0)] public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive.</summary>
    [Id(1)] public DateTimeOffset? To { get; init; }
    [Id(2)] public string? Actor { get; init; }
    [Id(3)] public string? Action { get; init; }
    [Id(4)] public string? Target { get; init; }
    [Id(5)] public AuditOutcome? Outcome { get; init; }
}
