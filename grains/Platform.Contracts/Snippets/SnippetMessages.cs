using System.Collections.Immutable;

namespace Platform.Snippets;

/// <summary>A domain of a snippet, as every process knows it.</summary>
/// <param name="Name">Host name in A-labels and lower case; <c>*.</c> before it for one label below; with a port outside production only.</param>
/// <param name="Verified">Its owner has proven it; the snippet works there.</param>
/// <param name="AddedAt">Without the feature for several domains only the one that was added first works.</param>
[GenerateSerializer, Immutable, Alias("platform.SnippetDomain")]
public sealed record SnippetDomain([property: Id(0)] string Name, [property: Id(1)] bool Verified, [property: Id(2)] DateTimeOffset AddedAt);

/// <summary>The part of a snippet that is published to every process with the rest of its tenant.</summary>
[GenerateSerializer, Immutable, Alias("platform.SnippetPublication")]
public sealed record SnippetPublication
{
    [Id(0)] public required SnippetId Id { get; init; }

    /// <summary>Includes pending domains, because they count if the tenant may have only one.</summary>
    [Id(1)] public required ImmutableArray<SnippetDomain> Domains { get; init; }

    /// <summary>SHA-256 of the published script in lower-case hex; null before the first.</summary>
    [Id(2)] public string? Script { get; init; }

    public bool IsSameAs(SnippetPublication other) => Id == other.Id && Script == other.Script && Domains.SequenceEqual(other.Domains);
}

/// <summary>A snippet with its tenant, for a host that does not hold the tenant in memory.</summary>
[GenerateSerializer, Immutable, Alias("platform.SnippetLookup")]
public sealed record SnippetLookup([property: Id(0)] TenantId TenantId, [property: Id(1)] SnippetPublication Publication);

/// <summary>How the script behaves in pages. Whole seconds.</summary>
[GenerateSerializer, Immutable, Alias("platform.SnippetSettings")]
public sealed record SnippetSettings
{
    public static readonly TimeSpan MaxWarnBefore = TimeSpan.FromHours(1);
    public static readonly TimeSpan MinTouchEvery = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan MaxTouchEvery = TimeSpan.FromMinutes(10);

    /// <summary>How long before the idle end the script warns the page; zero: not at all. At most an hour, default two minutes.</summary>
    [Id(0)] public TimeSpan WarnBefore { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The script reports activity at most this often, over all tabs of a site. One to ten minutes, default one.</summary>
    [Id(1)] public TimeSpan TouchEvery { get; init; } = MinTouchEvery;

    /// <summary>Faults of the tenant's values; empty if they are within the bounds.</summary>
    public IEnumerable<InputError> Check() =>
    [
        .. Check("/settings/warnBefore", WarnBefore, TimeSpan.Zero, MaxWarnBefore, "Use PT0S to PT1H, in whole seconds."),
        .. Check("/settings/touchEvery", TouchEvery, MinTouchEvery, MaxTouchEvery, "Use PT1M to PT10M, in whole seconds."),
    ];

    private static IEnumerable<InputError> Check(string pointer, TimeSpan value, TimeSpan min, TimeSpan max, string detail)
    {
        if (value < min || value > max || value.Ticks % TimeSpan.TicksPerSecond != 0) yield return new InputError(pointer, "out_of_range", detail);
    }
}

/// <summary>A change of a snippet; null leaves a part unchanged. Settings reach pages with the next publication.</summary>
[GenerateSerializer, Immutable, Alias("platform.SnippetChange")]
public sealed record SnippetChange
{
    [Id(0)] public string? Name { get; init; }
    [Id(1)] public TimeSpan? WarnBefore { get; init; }
    [Id(2)] public TimeSpan? TouchEvery { get; init; }
}

/// <summary>How a domain is proven, and how far it is.</summary>
[GenerateSerializer, Immutable, Alias("platform.SnippetDomainView")]
public sealed record SnippetDomainView
{
    [Id(0)] public required string Name { get; init; }
    [Id(1)] public required bool Verified { get; init; }

    /// <summary>The text of the TXT record or of the file. It reveals nothing to other readers.</summary>
    [Id(2)] public required string Challenge { get; init; }
    [Id(3)] public required DateTimeOffset AddedAt { get; init; }
    [Id(4)] public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>When the proof of a verified domain was found to be gone; null while it is there.</summary>
    [Id(5)] public DateTimeOffset? ProofLostAt { get; init; }

    /// <summary>When the domain becomes pending again, unless a check finds the proof before.</summary>
    [Id(6)] public DateTimeOffset? StopsAt { get; init; }
}

/// <summary>A published script. The same bytes for ever.</summary>
/// <param name="Number">Counts the publications of the snippet, from 1.</param>
/// <param name="Script">SHA-256 in lower-case hex.</param>
/// <param name="PublishedAt">When it was first published.</param>
/// <param name="Settings">The settings in it.</param>
[GenerateSerializer, Immutable, Alias("platform.SnippetVersion")]
public sealed record SnippetVersion(
    [property: Id(0)] int Number, [property: Id(1)] string Script, [property: Id(2)] DateTimeOffset PublishedAt, [property: Id(3)] SnippetSettings Settings);

[GenerateSerializer, Immutable, Alias("platform.SnippetView")]
public sealed record SnippetView
{
    [Id(0)] public required SnippetId Id { get; init; }
    [Id(1)] public required TenantId TenantId { get; init; }
    [Id(2)] public required string Name { get; init; }
    [Id(3)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether it was made with the tenant; such a snippet cannot be deleted.</summary>
    [Id(4)] public required bool IsPrimary { get; init; }

    /// <summary>In the order in which they were added.</summary>
    [Id(5)] public required ImmutableArray<SnippetDomainView> Domains { get; init; }

    /// <summary>The settings of the next publication.</summary>
    [Id(6)] public required SnippetSettings Settings { get; init; }

    /// <summary>The version that pages get.</summary>
    [Id(7)] public required SnippetVersion Published { get; init; }

    /// <summary>The versions that can be published again, oldest first.</summary>
    [Id(8)] public required ImmutableArray<SnippetVersion> Versions { get; init; }
}
