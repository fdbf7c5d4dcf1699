using System.Collections.Immutable;

namespace Platform.Audit;

/// <summary>How far a check of a log has come. Given back unchanged for the next step.</summary>
[GenerateSerializer, Immutable, Alias("platform.AuditVerification")]
public sealed record AuditVerification
{
    /// <summary>The last event that was found good.</summary>
    [Id(0)] public required long Sequence { get; init; }
    [Id(1)] public required ImmutableArray<byte> Hash { get; init; }

    /// <summary>The last event that must be there: what the log's grain and the last checkpoint knew when the check began.</summary>
    [Id(2)] public required long HeadSequence { get; init; }

    /// <summary>Of that event, where the log's grain knew it.</summary>
    [Id(3)] public required ImmutableArray<byte>? HeadHash { get; init; }

    /// <summary>Number of events checked.</summary>
    [Id(4)] public long Checked { get; init; }

    /// <summary>The first event that is missing, altered or out of place.</summary>
    [Id(5)] public long? FirstInvalid { get; init; }

    /// <summary>Events with a section that nobody can read any more.</summary>
    [Id(6)] public long Erased { get; init; }

    /// <summary>Checkpoints that the log agrees with.</summary>
    [Id(7)] public long Checkpoints { get; init; }
    [Id(8)] public bool Finished { get; init; }

    /// <summary>What the first event follows, where older ones were dropped: the check begins after it. Null: the log is whole from its first event on.</summary>
    [Id(9)] public AuditCheckpoint? Anchor { get; init; }

    /// <summary>The last event that a checkpoint vouches for; 0 for none. Whoever can write to the database could take away what comes after it, unnoticed.</summary>
    [Id(10)] public long SignedSequence { get; init; }
}

[GenerateSerializer, Immutable, Alias("platform.AuditCheckpoints")]
public sealed record AuditCheckpoints([property: Id(0)] Page<AuditCheckpoint> Page, [property: Id(1)] ImmutableArray<AuditPublicKey> Keys);

/// <summary>
/// Reads access logs (key <c>audit_</c>, stateless). Everything is read in short steps: nothing is held open between them, however slow the reader (threat T72).
/// But for <see cref="ListOwnAsync"/> members of the tenant with <see cref="Permissions.ManageUsers"/> only; others get <see cref="Refusal.NotFound"/> or
/// <see cref="Refusal.Forbidden"/>.
/// </summary>
[Alias("platform.IAuditReaderGrain")]
public interface IAuditReaderGrain : IGrainWithStringKey
{
    /// <summary>Newest first.</summary>
    [Alias("List")]
    Task<Outcome<Page<AuditEvent>>> ListAsync(Actor actor, TenantId tenant, AuditFilter filter, PageRequest page, CancellationToken cancellationToken);

    /// <summary>Events by the actor or about it, newest first. Without the addresses of others who acted.</summary>
    [Alias("ListOwn")]
    Task<Outcome<Page<AuditEvent>>> ListOwnAsync(Actor actor, PageRequest page, CancellationToken cancellationToken);

    /// <summary>For an export, oldest first: one step after <paramref name="after"/>, <see cref="Page{T}.Next"/> of the step before. By sequence where nothing is filtered.</summary>
    [Alias("Read")]
    Task<Outcome<Page<AuditEvent>>> ReadAsync(Actor actor, TenantId tenant, AuditFilter filter, string? after, CancellationToken cancellationToken);

    /// <summary>One step of a check; null begins one. To be repeated until <see cref="AuditVerification.Finished"/>.</summary>
    [Alias("Verify")]
    Task<Outcome<AuditVerification>> VerifyAsync(Actor actor, TenantId tenant, AuditVerification? state, CancellationToken cancellationToken);

    /// <summary>Oldest first, with the keys that signed them.</summary>
    [Alias("ListCheckpoints")]
    Task<Outcome<AuditCheckpoints>> ListCheckpointsAsync(Actor actor, TenantId tenant, PageRequest page, CancellationToken cancellationToken);
}
