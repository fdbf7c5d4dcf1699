using System.Collections.Immutable;

namespace Platform.Snippets;

[GenerateSerializer, Immutable, Alias("platform.StoredSnippet")]
internal sealed record StoredSnippet
{
    [Id(0)] public TenantId TenantId { get; init; }
    [Id(1)] public string Name { get; init; } = "";
    [Id(2)] public DateTimeOffset CreatedAt { get; init; }
    [Id(3)] public bool IsPrimary { get; init; }

    /// <summary>In the order in which they were added.</summary>
    [Id(4)] public ImmutableArray<StoredDomain> Domains { get; init; } = [];

    /// <summary>For the next publication.</summary>
    [Id(5)] public SnippetSettings Settings { get; init; } = new();

    /// <summary>Those whose bytes are kept, oldest first.</summary>
    [Id(6)] public ImmutableArray<SnippetVersion> Versions { get; init; } = [];

    /// <summary>Number of the version that pages get; 0 before the first.</summary>
    [Id(7)] public int Published { get; init; }
}

[GenerateSerializer, Immutable, Alias("platform.StoredDomain")]
internal sealed record StoredDomain
{
    [Id(0)] public required string Name { get; init; }

    /// <summary>Random, for this snippet and this domain only: whoever shows it to the world has been given it by this tenant (threat T58).</summary>
    [Id(1)] public required string Challenge { get; init; }
    [Id(2)] public required DateTimeOffset AddedAt { get; init; }

    /// <summary>Null while it is pending.</summary>
    [Id(3)] public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>Since when checks of a verified domain's proof get no answer; null after a check with an answer.</summary>
    [Id(4)] public DateTimeOffset? UnansweredSince { get; init; }

    /// <summary>When the proof of a verified domain was found to be gone; null while it is there.</summary>
    [Id(5)] public DateTimeOffset? ProofLostAt { get; init; }
}

/// <summary>The bytes of one published script. Written once.</summary>
[GenerateSerializer, Immutable, Alias("platform.StoredSnippetScript")]
internal sealed record StoredSnippetScript
{
    [Id(0)] public ImmutableArray<byte> Bytes { get; init; } = [];
}
