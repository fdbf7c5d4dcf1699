using System.Collections.Immutable;
using Platform.ApiKeys;
using Platform.Users;

namespace Platform.Privacy;

/// <summary>The data of a user's grain for its user: everything personal, nothing secret.</summary>
[GenerateSerializer, Immutable, Alias("platform.UserRecord")]
public sealed record UserRecord
{
    [Id(0)] public required UserView User { get; init; }

    /// <summary>Since when an authenticator is in use; null: there is none, or it is older than this record.</summary>
    [Id(1)] public required DateTimeOffset? TotpSince { get; init; }
    [Id(2)] public required bool Totp { get; init; }

    /// <summary>In full, because it is the user's own.</summary>
    [Id(3)] public required string? Phone { get; init; }
    [Id(4)] public required DateTimeOffset? PhoneSince { get; init; }
    [Id(5)] public required string? UnconfirmedPhone { get; init; }
    [Id(6)] public required int RecoveryCodesRemaining { get; init; }
    [Id(7)] public required ImmutableArray<DateTimeOffset> TextMessagesAt { get; init; }
    [Id(8)] public required ImmutableArray<DateTimeOffset> ResetLinksAt { get; init; }
    [Id(9)] public required ImmutableArray<DateTimeOffset> ConfirmationLinksAt { get; init; }
    [Id(10)] public required ImmutableArray<Users.FormerEmail> FormerEmails { get; init; }
    [Id(11)] public required ImmutableArray<DateTimeOffset> InvitationsAt { get; init; }
    [Id(12)] public required ImmutableArray<Users.SeenAtSignIn> Devices { get; init; }
    [Id(13)] public required ImmutableArray<Users.SeenAtSignIn> Networks { get; init; }
    [Id(14)] public required ImmutableArray<DateTimeOffset> SignInNoticesAt { get; init; }
}

/// <summary>A change of a scenario that the user made.</summary>
/// <param name="ScenarioId">The scenario.</param>
/// <param name="ScenarioName">The current name of the scenario.</param>
/// <param name="Version">The version that it made.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="Action">As the scenario's history names it.</param>
/// <param name="Changes">JSON, as the scenario's history has it.</param>
[GenerateSerializer, Immutable, Alias("platform.AuthoredChange")]
public sealed record AuthoredChange(
    [property: Id(0)] ScenarioId ScenarioId,
    [property: Id(1)] string ScenarioName,
    [property: Id(2)] int Version,
    [property: Id(3)] DateTimeOffset ChangedAt,
    [property: Id(4)] string Action,
    [property: Id(5)] string Changes);

/// <summary>A comment that the user wrote.</summary>
[GenerateSerializer, Immutable, Alias("platform.AuthoredComment")]
public sealed record AuthoredComment(
    [property: Id(0)] ScenarioId ScenarioId, [property: Id(1)] CommentId Id, [property: Id(2)] DateTimeOffset CreatedAt, [property: Id(3)] string Text);

/// <summary>A level of the user's own on one scenario.</summary>
[GenerateSerializer, Immutable, Alias("platform.HeldGrant")]
public sealed record HeldGrant([property: Id(0)] ScenarioId ScenarioId, [property: Id(1)] Permissions Permissions);

/// <summary>A message to the user that has not been delivered yet. Without its text, which may hold a code or a link.</summary>
[GenerateSerializer, Immutable, Alias("platform.WaitingMessage")]
public sealed record WaitingMessage(
    [property: Id(0)] string Channel, [property: Id(1)] string To, [property: Id(2)] string Template, [property: Id(3)] DateTimeOffset CreatedAt);

/// <summary>Short lists about a user.</summary>
[GenerateSerializer, Immutable, Alias("platform.UserHoldings")]
public sealed record UserHoldings([property: Id(0)] ImmutableArray<ApiKeyView> ApiKeys, [property: Id(1)] ImmutableArray<WaitingMessage> Messages);
