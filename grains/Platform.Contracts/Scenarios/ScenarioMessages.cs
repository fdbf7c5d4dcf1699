using System.Collections.Immutable;

namespace Platform.Scenarios;

public enum ScenarioKind
{
    Scenario = 1,
    Personalization = 2,
}

public enum ScenarioStatus
{
    /// <summary>The status of a new scenario.</summary>
    Paused = 1,
    Running = 2,
}

/// <summary>A scenario in a list: without its content.</summary>
[GenerateSerializer, Immutable, Alias("platform.ScenarioListing")]
public sealed record ScenarioListing
{
    [Id(0)] public required ScenarioId Id { get; init; }
    [Id(1)] public required TenantId TenantId { get; init; }
    [Id(2)] public required string Name { get; init; }
    [Id(3)] public required ScenarioKind Kind { get; init; }
    [Id(4)] public required ScenarioStatus Status { get; init; }

    /// <summary>Counts the changes of these members and of the content. Callers see it as the entity tag.</summary>
    [Id(5)] public required int Version { get; init; }
    [Id(6)] public required DateTimeOffset CreatedAt { get; init; }
    [Id(7)] public required DateTimeOffset UpdatedAt { get; init; }
}

[GenerateSerializer, Immutable, Alias("platform.ScenarioView")]
public sealed record ScenarioView
{
    [Id(0)] public required ScenarioListing Listing { get; init; }

    /// <summary>The JSON text as the caller sent it.</summary>
    [Id(1)] public required string Content { get; init; }
}

/// <summary>The part of a scenario that its authors write.</summary>
[GenerateSerializer, Immutable, Alias("platform.ScenarioDraft")]
public sealed record ScenarioDraft
{
    public const int MaxContentSize = 256 * 1024;

    [Id(0)] public required string Name { get; init; }
    [Id(1)] public required ScenarioKind Kind { get; init; }

    /// <summary>One JSON value of at most <see cref="MaxContentSize"/> bytes in UTF-8; the host has checked both.</summary>
    [Id(2)] public required string Content { get; init; }
}

/// <summary>The versions that a change is meant for (RFC 9110, <c>If-Match</c>).</summary>
[GenerateSerializer, Immutable, Alias("platform.VersionMatch")]
public sealed record VersionMatch([property: Id(0)] bool Any, [property: Id(1)] ImmutableArray<int> Versions)
{
    public bool Matches(int version) => Any || Versions.Contains(version);
}

/// <summary>The level of one user on one scenario, in place of the tenant-wide one.</summary>
[GenerateSerializer, Immutable, Alias("platform.ScenarioGrant")]
public sealed record ScenarioGrant([property: Id(0)] UserId UserId, [property: Id(1)] Permissions Permissions);

/// <summary>One change of a scenario.</summary>
/// <param name="Version">The version that it made.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="UserId">The user who made it; nobody's, where a key did. Names are kept elsewhere, where they can be erased.</param>
/// <param name="Action">One of <c>created</c>, <c>updated</c>, <c>started</c>, <c>paused</c>.</param>
/// <param name="Changes">JSON: <c>[{ "path", "before", "after" }]</c>, paths as JSON pointers into name, kind, status and content; an absent value has no member.</param>
[GenerateSerializer, Immutable, Alias("platform.ScenarioHistoryEntry")]
public sealed record ScenarioHistoryEntry(
    [property: Id(0)] int Version,
    [property: Id(1)] DateTimeOffset ChangedAt,
    [property: Id(2)] UserId UserId,
    [property: Id(3)] string Action,
    [property: Id(4)] string Changes)
{
    /// <summary>The API key that made it.</summary>
    [Id(5)] public ApiKeyId? ApiKey { get; init; }
}

[GenerateSerializer, Immutable, Alias("platform.ScenarioComment")]
public sealed record ScenarioComment(
    [property: Id(0)] CommentId Id, [property: Id(1)] UserId UserId, [property: Id(2)] DateTimeOffset CreatedAt, [property: Id(3)] string Text);
