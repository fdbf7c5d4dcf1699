using System.Text.Json;
using Platform.Audit;

namespace Platform.Api.Audit;

/// <summary>Checks an export line by line, from nothing but what stands in it and in signed checkpoints.</summary>
internal sealed class AuditExportVerifier(CheckpointFile signed)
{
    private readonly List<string> _report = [];
    private readonly CanonicalJson _scratch = new();
    private AuditChainEntry? _last;
    private byte[] _hash = [];
    private long _first;
    private long _checked;
    private long _erased;
    private int _agreed;
    private long _signed;
    private bool _bad;

    public bool IsGood => !_bad;

    public IReadOnlyList<string> Report => _report;

    /// <returns>False: there is no point in checking further.</returns>
    public bool Accept(string line)
    {
        if (line.Length == 0) return true;
        using var document = JsonDocument.Parse(line);
        var found = document.RootElement;
        var link = LinkOf(found);
        var hash = Bytes(found, "hash");
        if (_last is null) Begin(link);
        else if (link.Sequence != _last.Sequence + 1) return Refuse(_last.Sequence + 1, "is missing (an export with filters cannot be checked)");
        else if (link.TenantId != _last.TenantId) return Refuse(link.Sequence, "belongs to another tenant");
        if (_bad) return false;
        if (_last is not null && !link.PreviousHash.Span.SequenceEqual(_hash)) return Refuse(link.Sequence, "does not follow from the one before");
        if (!IsAsCommitted(found, "actor", ActorOf(found), link.ActorCommitment.Span)) return Refuse(link.Sequence, "has another actor, address or user agent than it had");
        if (!IsAsCommitted(found, "target", TargetOf(found), link.TargetCommitment.Span)) return Refuse(link.Sequence, "has another target or other changes than it had");
        if (!link.Hash(_scratch).AsSpan().SequenceEqual(hash)) return Refuse(link.Sequence, "is not as it was: its hash does not match");
        if (signed.At(link.Sequence) is { } checkpoint)
        {
            if (checkpoint.TenantId != link.TenantId || !checkpoint.Hash.AsSpan().SequenceEqual(hash)) return Refuse(link.Sequence, "is not the one that the checkpoint signed: the log was written anew");
            (_agreed, _signed) = (_agreed + 1, link.Sequence);
        }

        (_last, _hash) = (link, hash);
        _checked++;
        if (IsErased(found, "actor") || IsErased(found, "target")) _erased++;
        return true;
    }

    public void End()
    {
        if (!_bad && signed.Last is { } last && last.Sequence > (_last?.Sequence ?? 0)) Refuse((_last?.Sequence ?? 0) + 1, $"is missing: a checkpoint signed {last.Sequence} events");
        _report.Insert(0, _bad ? "NOT GOOD" : "GOOD");
        _report.Add($"{_checked} events good{(_last is null ? "" : $", from {_first} to {_last.Sequence}")}; {_erased} with erased parts");
        if (_last is not null) _report.Add($"tenant {_last.TenantId}, last hash {Convert.ToHexStringLower(_hash)}");
        if (signed.Count == 0)
        {
            _report.Add("no checkpoints given: whether the end was cut off is not known");
            return;
        }

        _report.Add($"{_agreed} of {signed.Count} checkpoints agree; signed by {string.Join(", ", signed.Keys)}: is that the key you have noted?");
        if (_last is not null && _last.Sequence > _signed) _report.Add($"{_last.Sequence - Math.Max(_signed, _first - 1)} events at the end are covered by no checkpoint: whether more followed them is not known");
    }

    private void Begin(AuditChainEntry link)
    {
        _first = link.Sequence;
        var anchored = link.Sequence == 1
            ? link.PreviousHash.Span.SequenceEqual(AuditChainEntry.Genesis.Span)
            : signed.At(link.Sequence - 1) is not { } before || link.PreviousHash.Span.SequenceEqual(before.Hash.AsSpan());
        if (!anchored) Refuse(link.Sequence, "does not follow from the beginning");
        else if (signed.At(link.Sequence - 1) is { } anchor) _report.Add($"begins at {link.Sequence}, which follows the checkpoint signed at {AuditNames.Of(anchor.Time)}");
        else if (link.Sequence > 1) _report.Add($"begins at {link.Sequence}: what came before is not checked");
    }

    private bool Refuse(long sequence, string why)
    {
        _bad = true;
        _report.Add($"event {sequence} {why}");
        return false;
    }

    private static bool IsErased(JsonElement found, string part) => Salt(found, part) is null;

    private static string? Salt(JsonElement found, string part) => Text(found.GetProperty("proof").GetProperty(part), "salt");

    private static bool IsAsCommitted(JsonElement found, string part, byte[] section, ReadOnlySpan<byte> commitment)
    {
        if (Salt(found, part) is { } salt) return AuditSection.Commit(Convert.FromHexString(salt), section).AsSpan().SequenceEqual(commitment);
        return section.AsSpan().SequenceEqual(part == "actor" ? AuditSection.OfActor(null, null, null) : AuditSection.OfTarget(null, []));
    }

    private static byte[] ActorOf(JsonElement found) => AuditSection.OfActor(Text(found.GetProperty("actor"), "name"), Text(found, "ip"), Text(found, "userAgent"));

    private static byte[] TargetOf(JsonElement found) => AuditSection.OfTarget(
        Text(found.GetProperty("target"), "name"),
        [.. found.GetProperty("changes").EnumerateArray().Select(c => new AuditChange(Text(c, "path")!, Value(c, "before"), Value(c, "after")))]);

    private static AuditChainEntry LinkOf(JsonElement found) => new()
    {
        TenantId = PrefixedId.Parse<TenantId>(Text(found, "tenantId")!),
        Sequence = found.GetProperty("sequence").GetInt64(),
        Id = Text(found, "id")!,
        Time = found.GetProperty("time").GetDateTimeOffset(),
        Action = Text(found, "action")!,
        Outcome = AuditNames.TryParse(Text(found, "outcome"), out var outcome) ? outcome : default,
        Reason = Text(found, "reason"),
        ActorType = Text(found.GetProperty("actor"), "type")!,
        ActorId = Text(found.GetProperty("actor"), "id"),
        ActorCommitment = Bytes(found.GetProperty("proof").GetProperty("actor"), "commitment"),
        TargetType = Text(found.GetProperty("target"), "type")!,
        TargetId = Text(found.GetProperty("target"), "id"),
        TargetCommitment = Bytes(found.GetProperty("proof").GetProperty("target"), "commitment"),
        SessionId = Text(found, "sessionId"),
        TraceId = Text(found, "traceId"),
        PreviousHash = Bytes(found, "previousHash"),
    };

    private static string? Text(JsonElement found, string member) => found.GetProperty(member).GetString();

    private static byte[] Bytes(JsonElement found, string member) => Convert.FromHexString(Text(found, member)!);

    private static string? Value(JsonElement change, string member)
    {
        var value = change.GetProperty(member);
        return value.ValueKind == JsonValueKind.Null ? null : CanonicalJson.Text(value);
    }
}
