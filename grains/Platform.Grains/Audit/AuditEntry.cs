using System.Collections.Immutable;
using Platform.Internal;

namespace Platform.Audit;

/// <summary>An entry that a grain writes to the access log. The log assigns sequence, time and hash.</summary>
[GenerateSerializer, Immutable, Alias("platform.AuditEntry")]
internal sealed record AuditEntry
{
    [Id(0)] public required string Action { get; init; }
    [Id(1)] public required AuditParty Actor { get; init; }
    [Id(2)] public required AuditParty Target { get; init; }
    [Id(3)] public AuditOutcome Outcome { get; init; } = AuditOutcome.Success;
    [Id(4)] public string? Reason { get; init; }
    [Id(5)] public ClientInfo? Client { get; init; }
    [Id(6)] public SessionId? Session { get; init; }
    [Id(7)] public ImmutableArray<AuditChange> Changes { get; init; } = [];

    /// <summary>Where the actor is at home; a copy goes to the log there when it is another tenant.</summary>
    [Id(8)] public TenantId? Home { get; init; }

    /// <summary>A person whose key is read, too, so that an absent account costs as much as an existing one. Nothing about that person is stored.</summary>
    [Id(9)] public string? DecoySubject { get; init; }

    private const string RestoredReason = "platform_restored";

    /// <summary>Prints nothing personal.</summary>
    public override string ToString() => $"AuditEntry {{ Action = {Action} }}";

    public static AuditEntry By(Actor actor, string action, AuditParty target, params ReadOnlySpan<AuditChange?> changes) => new()
    {
        Action = action,
        Actor = PartyOf(actor),
        Target = target,
        Client = actor.Client,
        Session = actor.ApiKey is null ? actor.SessionId : null,
        Changes = AuditChanges.Of(changes),
        Home = actor.TenantId,
    };

    private static AuditParty PartyOf(Actor actor) => actor.ApiKey is { } key
        ? new AuditParty(AuditParties.ApiKey, key.ToString(), actor.Username)
        : new AuditParty(actor.Holds(Permissions.Operate) ? AuditParties.Operator : AuditParties.User, actor.UserId.ToString(), actor.Username);

    /// <summary>Of a user who acts on its own account: sign-in, sign-out, a reset link.</summary>
    public static AuditEntry ByOwner(AuditParty user, string action, ClientInfo? client) => new() { Action = action, Actor = user, Target = user, Client = client };

    public static AuditEntry BySystem(string action, AuditParty target) => new() { Action = action, Actor = new AuditParty(AuditParties.System, Id: null), Target = target };

    /// <summary>By a command of the program on the machine itself; <paramref name="client"/> names the account that ran it, because the program knows no person.</summary>
    public static AuditEntry ByCommand(string command, string action, AuditParty target, ClientInfo client, params ReadOnlySpan<AuditChange?> changes) =>
        new() { Action = action, Actor = new AuditParty(AuditParties.Command, command), Target = target, Client = client, Changes = AuditChanges.Of(changes) };

    /// <summary>What had ended after the backup from which the platform was restored ends again.</summary>
    public static AuditEntry ByRestore(PlatformRestore restore, string action, AuditParty target) =>
        ByCommand(restore.Command, action, target, restore.Client) with { Reason = RestoredReason };

    public static AuditEntry ByAnybody(string action, AuditParty target, ClientInfo? client) =>
        new() { Action = action, Actor = new AuditParty(AuditParties.Anonymous, Id: null), Target = target, Client = client };
}
