using System.Collections.Immutable;
using System.Text.Json;

namespace Platform.Audit;

/// <summary>What became of a personal section.</summary>
internal enum SectionState
{
    Readable = 0,

    /// <summary>The subject's key was destroyed.</summary>
    Erased = 1,

    /// <summary>Altered, or its key is gone without having been destroyed.</summary>
    Broken = 2,
}

internal sealed record OpenedSection(SectionState State, ImmutableArray<byte>? Salt, JsonElement? Value)
{
    public static readonly OpenedSection Erased = new(SectionState.Erased, null, null);
    public static readonly OpenedSection Broken = new(SectionState.Broken, null, null);

    public string? Text(string member) => Value?.GetProperty(member).GetString();
}

internal sealed record OpenedRow(AuditRow Row, OpenedSection Actor, OpenedSection Target)
{
    public AuditEvent ToEvent()
    {
        var link = Row.Link;
        return new AuditEvent
        {
            TenantId = link.TenantId,
            Sequence = link.Sequence,
            Id = link.Id,
            Time = link.Time,
            Actor = new AuditParty(link.ActorType, link.ActorId, Actor.Text("name")),
            Action = link.Action,
            Target = new AuditParty(link.TargetType, link.TargetId, Target.Text("name")),
            Outcome = link.Outcome,
            Reason = link.Reason,
            Ip = Actor.Text("ip"),
            UserAgent = Actor.Text("userAgent"),
            SessionId = link.SessionId,
            TraceId = link.TraceId,
            Changes = Target.Value is { } target ? [.. target.GetProperty("changes").EnumerateArray().Select(ToChange)] : [],
            PreviousHash = [.. link.PreviousHash.Span],
            Hash = [.. Row.Hash],
            ActorProof = new AuditProof([.. link.ActorCommitment.Span], Actor.Salt),
            TargetProof = new AuditProof([.. link.TargetCommitment.Span], Target.Salt),
        };
    }

    private static AuditChange ToChange(JsonElement change) =>
        new(change.GetProperty("path").GetString()!, Raw(change.GetProperty("before")), Raw(change.GetProperty("after")));

    private static string? Raw(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.GetRawText();
}
