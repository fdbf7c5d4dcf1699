using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Platform.Security;

namespace Platform.Audit;

/// <summary>Puts the personal sections of events under data keys and opens them again.</summary>
/// <remarks>
/// Whose key follows from what the chain commits to, so that it cannot be changed unseen: the actor section is the acting user's, and where no user acts the
/// target's; the target section is the target user's. What belongs to no user is the tenant's.
/// </remarks>
internal sealed class AuditSealer(DataKeys keys, TimeProvider time)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64 };

    /// <summary>Rows that follow each other after <paramref name="head"/>.</summary>
    public async Task<List<AuditRow>> SealAsync(TenantId tenant, AuditHead head, IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        var subjects = entries.SelectMany(e => new[] { ActorSubject(tenant, e.Actor.Id, e.Target.Id), TargetSubject(tenant, e.Target.Id) }).Distinct(StringComparer.Ordinal);
        var decoys = entries.Where(e => e.DecoySubject is not null).Select(e => e.DecoySubject!).ToArray();
        var known = await keys.EnsureAsync([.. subjects], decoys, cancellationToken);
        var rows = new List<AuditRow>(entries.Count);
        var scratch = new CanonicalJson();
        foreach (var entry in entries)
        {
            var row = Seal(tenant, head, entry, known, scratch);
            head = new AuditHead(row.Link.Sequence, row.Hash);
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Opens both sections of each row, with what the table of keys holds now.</summary>
    public async Task<List<OpenedRow>> OpenAsync(IReadOnlyList<AuditRow> rows, CancellationToken cancellationToken)
    {
        var subjects = rows.SelectMany(r => new[] { ActorSubject(r.Link), TargetSubject(r.Link) }).Distinct(StringComparer.Ordinal);
        var known = await keys.FindAsync([.. subjects], cancellationToken);
        return [.. rows.Select(row => new OpenedRow(
            row,
            Open(known, ActorSubject(row.Link), row.ActorSealed, ActorContext(row.Link.Id), row.Link.ActorCommitment.Span),
            Open(known, TargetSubject(row.Link), row.TargetSealed, TargetContext(row.Link.Id), row.Link.TargetCommitment.Span)))];
    }

    private AuditRow Seal(TenantId tenant, AuditHead head, AuditEntry entry, IReadOnlyDictionary<string, byte[]?> known, CanonicalJson scratch)
    {
        var now = time.GetUtcNow();
        var id = AuditEventId.From(Guid.CreateVersion7(now)).ToString();
        var actor = Seal(
            known[ActorSubject(tenant, entry.Actor.Id, entry.Target.Id)],
            AuditSection.OfActor(AuditText.Bound(entry.Actor.Name), AuditText.Bound(entry.Client?.Ip), AuditText.Bound(entry.Client?.UserAgent)),
            ActorContext(id),
            out var actorCommitment);
        var target = Seal(
            known[TargetSubject(tenant, entry.Target.Id)],
            AuditSection.OfTarget(AuditText.Bound(entry.Target.Name), AuditChanges.Bound(entry.Changes)),
            TargetContext(id),
            out var targetCommitment);
        var link = new AuditChainEntry
        {
            TenantId = tenant,
            Sequence = head.Sequence + 1,
            Id = id,
            Time = now,
            Action = entry.Action,
            Outcome = entry.Outcome,
            Reason = entry.Reason,
            ActorType = entry.Actor.Type,
            ActorId = entry.Actor.Id,
            ActorCommitment = actorCommitment,
            TargetType = entry.Target.Type,
            TargetId = entry.Target.Id,
            TargetCommitment = targetCommitment,
            SessionId = entry.Session?.ToString(),
            TraceId = AuditText.Bound(entry.Client?.TraceId),
            PreviousHash = head.Hash,
        };
        return new AuditRow(link, actor, target, link.Hash(scratch));
    }

    private static string ActorSubject(AuditChainEntry link) => ActorSubject(link.TenantId, link.ActorId, link.TargetId);

    private static string TargetSubject(AuditChainEntry link) => TargetSubject(link.TenantId, link.TargetId);

    private static string ActorSubject(TenantId tenant, string? actorId, string? targetId) => IsUser(actorId) ? actorId! : TargetSubject(tenant, targetId);

    private static string TargetSubject(TenantId tenant, string? targetId) => IsUser(targetId) ? targetId! : tenant.ToString();

    private static bool IsUser(string? id) => id is not null && id.StartsWith(UserId.Prefix, StringComparison.Ordinal);

    private static byte[] ActorContext(string id) => Encoding.ASCII.GetBytes($"audit-section:{id}:actor");

    private static byte[] TargetContext(string id) => Encoding.ASCII.GetBytes($"audit-section:{id}:target");

    /// <returns>Salt and section, sealed; null where nothing may be kept of the subject.</returns>
    private static byte[]? Seal(byte[]? key, byte[] section, byte[] context, out byte[] commitment)
    {
        var plain = new byte[AuditSection.SaltSize + section.Length];
        RandomNumberGenerator.Fill(plain.AsSpan(0, AuditSection.SaltSize));
        section.CopyTo(plain, AuditSection.SaltSize);
        commitment = AuditSection.Commit(plain.AsSpan(0, AuditSection.SaltSize), section);
        if (key is null) return null;
        using var aes = new AesGcm(key, SealedBytes.TagSize);
        return SealedBytes.Seal(aes, plain, context);
    }

    private static OpenedSection Open(IReadOnlyDictionary<string, byte[]?> known, string subject, byte[]? stored, byte[] context, ReadOnlySpan<byte> commitment)
    {
        if (!known.TryGetValue(subject, out var key)) return OpenedSection.Broken;
        if (key is null) return OpenedSection.Erased;
        if (stored is null || stored.Length < SealedBytes.Overhead + AuditSection.SaltSize) return OpenedSection.Broken;
        byte[] plain;
        try
        {
            using var aes = new AesGcm(key, SealedBytes.TagSize);
            plain = SealedBytes.Open(aes, stored, context);
        }
        catch (AuthenticationTagMismatchException)
        {
            return OpenedSection.Broken;
        }

        var salt = plain.AsSpan(0, AuditSection.SaltSize);
        var section = plain.AsMemory(AuditSection.SaltSize);
        return AuditSection.Commit(salt, section.Span).AsSpan().SequenceEqual(commitment)
            ? new OpenedSection(SectionState.Readable, [.. salt], JsonDocument.Parse(section, Strict).RootElement)
            : OpenedSection.Broken;
    }
}
