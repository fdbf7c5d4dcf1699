using System.Text.Json;
using Platform.Api.Audit;
using Platform.Audit;
using Platform.Privacy;
using Platform.Sessions;
using Platform.Users;

namespace Platform.Api.Privacy;

internal sealed record ExportedProfileBody(
    UserId Id,
    TenantId TenantId,
    string Username,
    string Email,
    bool EmailVerified,
    string? PendingEmail,
    IReadOnlyList<ExportedFormerEmailBody> FormerEmails,
    IReadOnlyList<DateTimeOffset> ConfirmationLinksSentAt,
    IReadOnlyList<DateTimeOffset> InvitationsSentAt,
    IReadOnlyList<ExportedSeenBody> DevicesSeen,
    IReadOnlyList<ExportedSeenBody> NetworksSeen,
    IReadOnlyList<DateTimeOffset> SignInNoticesSentAt,
    UserStatus Status,
    IReadOnlyList<string> Permissions,
    string? Role,
    DateTimeOffset CreatedAt,
    DateTimeOffset PasswordChangedAt,
    IReadOnlyList<DateTimeOffset> ResetLinksSentAt,
    IReadOnlyList<ExportedGrantBody> ScenarioGrants)
{
    public static ExportedProfileBody Of(UserRecord record, IReadOnlyList<ExportedGrantBody> grants) => new(
        record.User.Id,
        record.User.TenantId,
        record.User.Username,
        record.User.Email,
        record.User.EmailVerified == true,
        record.User.PendingEmail,
        [.. record.FormerEmails.Select(former => new ExportedFormerEmailBody(former.Address, former.ReplacedAt))],
        record.ConfirmationLinksAt,
        record.InvitationsAt,
        [.. record.Devices.Select(seen => new ExportedSeenBody(seen.Name, seen.LastAt))],
        [.. record.Networks.Select(seen => new ExportedSeenBody(seen.Name, seen.LastAt))],
        record.SignInNoticesAt,
        record.User.Status,
        PermissionNames.ToNames(record.User.Permissions),
        record.User.Role,
        record.User.CreatedAt,
        record.User.PasswordChangedAt,
        record.ResetLinksAt,
        grants);
}

internal sealed record ExportedSeenBody(string Name, DateTimeOffset LastAt);

internal sealed record ExportedFormerEmailBody(string Email, DateTimeOffset ReplacedAt);

internal sealed record ExportedGrantBody(ScenarioId ScenarioId, IReadOnlyList<string> Permissions)
{
    public static ExportedGrantBody Of(HeldGrant grant) => new(grant.ScenarioId, PermissionNames.ToNames(grant.Permissions));
}

/// <param name="Kind"><c>totp</c>, <c>sms</c>, or <c>sms_unconfirmed</c>.</param>
/// <param name="PhoneNumber">In full: it is the user's own.</param>
/// <param name="Since">When it was confirmed.</param>
internal sealed record ExportedFactorBody(string Kind, string? PhoneNumber, DateTimeOffset? Since);

internal sealed record ExportedFactorsBody(IReadOnlyList<ExportedFactorBody> Factors, int RecoveryCodesRemaining, IReadOnlyList<DateTimeOffset> TextMessagesSentAt)
{
    public static ExportedFactorsBody Of(UserRecord record)
    {
        var factors = new List<ExportedFactorBody>();
        if (record.Totp) factors.Add(new ExportedFactorBody("totp", null, record.TotpSince));
        if (record.Phone is { } phone) factors.Add(new ExportedFactorBody("sms", phone, record.PhoneSince));
        if (record.UnconfirmedPhone is { } pending) factors.Add(new ExportedFactorBody("sms_unconfirmed", pending, null));
        return new(factors, record.RecoveryCodesRemaining, record.TextMessagesAt);
    }
}

internal sealed record ExportedSessionBody(
    SessionId Id,
    string State,
    string? Reason,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastActivityAt,
    DateTimeOffset AbsoluteExpiresAt,
    DateTimeOffset? EndedAt,
    string? Ip,
    string? UserAgent,
    string? Device)
{
    public static ExportedSessionBody Of(SessionListing listing) => new(
        listing.Id,
        listing.State == SessionState.Live ? "live" : "ended",
        listing.State == SessionState.Live ? null : JsonNamingPolicy.SnakeCaseLower.ConvertName(listing.State.ToString()),
        listing.CreatedAt,
        listing.LastActivityAt,
        listing.AbsoluteExpiresAt,
        listing.EndedAt,
        listing.Client.Ip,
        listing.Client.UserAgent,
        DeviceNames.Of(listing.Client.UserAgent));
}

/// <summary>An entry of the access log without what proves it: that would be about other people too.</summary>
internal sealed record ExportedEventBody(
    long Sequence,
    string Id,
    DateTimeOffset Time,
    AuditPartyBody Actor,
    string Action,
    AuditPartyBody Target,
    string Outcome,
    string? Reason,
    string? Ip,
    string? UserAgent,
    string? SessionId,
    IReadOnlyList<AuditChangeBody> Changes)
{
    public static ExportedEventBody Of(AuditEvent found) => new(
        found.Sequence,
        found.Id,
        found.Time,
        new AuditPartyBody(found.Actor.Type, found.Actor.Id, found.Actor.Name),
        found.Action,
        new AuditPartyBody(found.Target.Type, found.Target.Id, found.Target.Name),
        AuditNames.Of(found.Outcome),
        found.Reason,
        found.Ip,
        found.UserAgent,
        found.SessionId,
        [.. found.Changes.Select(AuditChangeBody.Of)]);
}

internal sealed record ExportedChangeBody(ScenarioId ScenarioId, string ScenarioName, int Version, DateTimeOffset ChangedAt, string Action, JsonElement Changes)
{
    public static ExportedChangeBody Of(AuthoredChange change) =>
        new(change.ScenarioId, change.ScenarioName, change.Version, change.ChangedAt, change.Action, JsonElement.Parse(change.Changes));
}

internal sealed record ExportedCommentBody(ScenarioId ScenarioId, CommentId Id, DateTimeOffset CreatedAt, string Text)
{
    public static ExportedCommentBody Of(AuthoredComment comment) => new(comment.ScenarioId, comment.Id, comment.CreatedAt, comment.Text);
}

internal sealed record ExportedKeyBody(ApiKeyId Id, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt)
{
    public static ExportedKeyBody Of(Platform.ApiKeys.ApiKeyView key) =>
        new(key.Id, key.Name, Platform.ApiKeys.ApiKeyScopeNames.ToNames(key.Scopes), key.CreatedAt, key.LastUsedAt);
}

internal sealed record ExportedMessageBody(string Channel, string To, string Template, DateTimeOffset CreatedAt)
{
    public static ExportedMessageBody Of(WaitingMessage message) => new(message.Channel, message.To, message.Template, message.CreatedAt);
}
