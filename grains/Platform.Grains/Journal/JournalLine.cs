using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Platform.Audit;

namespace Platform.Journal;

/// <summary>What stands in a line of the journal of endings. Names are for ever; a kind that a reader does not know is refused.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(JournalOpened), "opened")]
[JsonDerivedType(typeof(JournalEvent), "event")]
[JsonDerivedType(typeof(JournalWithdrawn), "withdrawn")]
[JsonDerivedType(typeof(JournalAlive), "alive")]
[JsonDerivedType(typeof(JournalClosed), "closed")]
internal abstract record JournalLine
{
    public required DateTimeOffset At { get; init; }
}

/// <summary>The first line of a file.</summary>
internal sealed record JournalOpened : JournalLine
{
    public required string Environment { get; init; }

    /// <summary>Name of the master key that vouches for the lines.</summary>
    public required string MasterKey { get; init; }

    /// <summary>The other files that lay there: one that is missing later is missed.</summary>
    public required ImmutableArray<string> Files { get; init; }
}

/// <summary>
/// An event of an access log, without anything personal: ids, and of what has changed only what a restore can carry out. The hashes are those of the log, so that a hole shows.
/// </summary>
internal sealed record JournalEvent : JournalLine
{
    public required TenantId Tenant { get; init; }
    public required long Sequence { get; init; }
    public required string Previous { get; init; }
    public required string Hash { get; init; }
    public required string Action { get; init; }
    public required AuditOutcome Outcome { get; init; }
    public string? Reason { get; init; }
    public string? Actor { get; init; }
    public string? Target { get; init; }
    public string? Trace { get; init; }
    public ImmutableArray<JournalChange> Changes { get; init; } = [];
}

/// <inheritdoc cref="AuditChange"/>
internal sealed record JournalChange(string Path, string? Before, string? After);

/// <summary>Events that the table of the log did not take: they were in nobody's log.</summary>
internal sealed record JournalWithdrawn : JournalLine
{
    public required ImmutableArray<string> Hashes { get; init; }
}

/// <summary>The process was there and could write.</summary>
internal sealed record JournalAlive : JournalLine;

/// <summary>The process stopped in an orderly way, or goes on in another file.</summary>
internal sealed record JournalClosed : JournalLine;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(JournalLine))]
internal sealed partial class JournalJson : JsonSerializerContext;
