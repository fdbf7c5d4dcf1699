using System.Collections.Immutable;
using System.Text.Json;
using System.Xml;
using Platform.Audit;
using Platform.Internal;
using Platform.Journal;
using Platform.Users;

namespace Platform.Restores;

/// <summary>What a restore does with the history of one tenant. Pure.</summary>
internal sealed class EndingPlan
{
    private const int MaxReview = 50;

    /// <summary>The log says it first; the state that follows is not older than this.</summary>
    private static readonly TimeSpan Latency = TimeSpan.FromMinutes(1);

    private static readonly ImmutableArray<string> Reviewed =
    [
        AuditActions.TenantIpRulesSet, AuditActions.ScenarioGrantSet, AuditActions.ScenarioDeleted, AuditActions.ScenarioPaused, AuditActions.SnippetDeleted, AuditActions.SnippetDomainRemoved, AuditActions.SnippetDomainStopped,
        AuditActions.SnippetRolledBack, AuditActions.ApiKeyTakenOver,
    ];

    private readonly Dictionary<UserId, UserEndings> _users = [];
    private readonly HashSet<ApiKeyId> _keys = [];
    private readonly Dictionary<string, Permissions?> _roles = new(StringComparer.Ordinal);
    private readonly HashSet<string> _review = new(StringComparer.Ordinal);
    private TenantEndings _tenant;

    private EndingPlan(TenantHistory history) => _tenant = new TenantEndings { IsWhole = history.IsWhole, From = history.From, To = history.To };

    public IReadOnlyDictionary<UserId, UserEndings> Users => _users;

    /// <summary>Keys whose secret of the backup counts no more.</summary>
    public IReadOnlyCollection<ApiKeyId> Keys => _keys;

    public TenantEndings Tenant => _tenant with
    {
        Roles = [.. _roles.Where(role => role.Value is not null).Select(role => new Role(role.Key, role.Value!.Value))],
        DeletedRoles = [.. _roles.Where(role => role.Value is null).Select(role => role.Key)],
        Review = _review.Count <= MaxReview ? [.. _review] : [.. _review.Take(MaxReview), $"and {_review.Count - MaxReview} more"],
    };

    /// <param name="history">Of the tenant.</param>
    /// <param name="headSequence">The last event that the backup has.</param>
    /// <param name="isWhole">Whether the journal as a whole has no gap.</param>
    public static EndingPlan Of(TenantHistory history, long headSequence, bool isWhole)
    {
        var plan = new EndingPlan(history with { IsWhole = history.IsWhole && isWhole });
        foreach (var one in Completed(history.Events)) plan.Add(one, one.Sequence <= headSequence);
        return plan;
    }

    /// <summary>Without those of which the log says later that they came to nothing.</summary>
    private static List<JournalEvent> Completed(ImmutableArray<JournalEvent> events)
    {
        var counted = new List<JournalEvent>(events.Length);
        foreach (var one in events)
        {
            if (one.Outcome == AuditOutcome.Success) counted.Add(one);
            else if (one.Reason == AuditLog.NotCompletedReason) Cancel(counted, one);
        }

        return counted;
    }

    private static void Cancel(List<JournalEvent> counted, JournalEvent failed)
    {
        var last = counted.FindLastIndex(one => one.Action == failed.Action && one.Actor == failed.Actor && one.Target == failed.Target && one.Trace == failed.Trace);
        if (last >= 0) counted.RemoveAt(last);
    }

    private void Add(JournalEvent one, bool isInBackup)
    {
        if (Reviewed.Contains(one.Action)) _review.Add($"{one.Action} {one.Target}");
        if (UserId.TryParse(one.Target, out var user)) AddUser(user, one, isInBackup);
        else if (ApiKeyId.TryParse(one.Target, out var key)) AddKey(key, one);
        else if (one.Action is AuditActions.RoleCreated or AuditActions.RoleUpdated or AuditActions.RoleDeleted) AddRole(one.Target!, one);

        // What operators do to other tenants stands in their own log, too.
        else if (one.Target == one.Tenant.ToString()) AddTenant(one);
    }

    private void AddKey(ApiKeyId key, JournalEvent one)
    {
        if (one.Action is AuditActions.ApiKeyRevoked or AuditActions.ApiKeyRotated) _keys.Add(key);
    }

    private void AddRole(string name, JournalEvent one) => _roles[name] = one.Action == AuditActions.RoleDeleted ? null : PermissionsOf(one) ?? _roles.GetValueOrDefault(name);

    private void AddUser(UserId id, JournalEvent one, bool isInBackup)
    {
        var user = _users.GetValueOrDefault(id) ?? new UserEndings();
        var next = one.Action switch
        {
            AuditActions.UserDisabled => user with { Disabled = true },
            AuditActions.UserEnabled => user with { Disabled = false },
            AuditActions.UserDeleted => user with { Deleted = true },
            AuditActions.UserErased => user with { Erased = true },
            AuditActions.UserPasswordChanged or AuditActions.UserPasswordReset => user with { PasswordReplacedAt = isInBackup ? one.At - Latency : DateTimeOffset.MaxValue },
            AuditActions.UserSecondFactorEnabled => Method(one) == "sms" ? user with { PhoneEnabled = true } : user with { TotpEnabled = true },
            AuditActions.UserSecondFactorDisabled => WithoutFactor(user, one),
            AuditActions.UserUpdated when Has(one, "/recoveryCodes") => user with { RecoveryCodesReplaced = true },
            AuditActions.UserPermissionsSet => user with { Rights = RightsOf(one) ?? user.Rights },
            _ => user,
        };

        // The journal knows no addresses: the one of the backup is back, and its owner may have lost it.
        if (one.Action == AuditActions.UserUpdated && Has(one, "/email")) _review.Add($"{one.Action} {one.Target} /email");
        if (next != user) _users[id] = next;
    }

    private static UserEndings WithoutFactor(UserEndings user, JournalEvent one)
    {
        var method = Method(one);
        if (method != "sms") user = user with { TotpRemovedAt = one.At, TotpEnabled = false };
        return method == "totp" ? user : user with { PhoneRemovedAt = one.At, PhoneEnabled = false };
    }

    private RightsEnding? RightsOf(JournalEvent one) =>
        Text(one, "/role") is { } role ? new RightsEnding(role, Permissions.None, _tenant.IsWhole)
        : PermissionsOf(one) is { } own ? new RightsEnding(null, own, _tenant.IsWhole)
        : null;

    private void AddTenant(JournalEvent one) => _tenant = one.Action switch
    {
        AuditActions.TenantDeletionRequested => WithDeletion(one, UserId.TryParse(one.Actor, out var by) ? by : null),
        AuditActions.TenantDeletionPostponed => WithDeletion(one, _tenant.Deletion?.RequestedBy),
        AuditActions.TenantDeletionWithdrawn => Changed(one) with { Deletion = new DeletionEnding(null, null, Begun: false) },
        AuditActions.TenantDeletionBegun or AuditActions.TenantDeleted => _tenant with { Deletion = new DeletionEnding(_tenant.Deletion?.RequestedBy, one.At, Begun: true) },
        AuditActions.TenantUpdated => Changed(one),
        _ => _tenant,
    };

    private TenantEndings WithDeletion(JournalEvent one, UserId? by) =>
        DateTimeOffset.TryParse(Text(one, "/deletesAt"), System.Globalization.CultureInfo.InvariantCulture, out var at) ? _tenant with { Deletion = new DeletionEnding(by, at, Begun: false) } : _tenant;

    private TenantEndings Changed(JournalEvent one) => _tenant with
    {
        Suspended = Text(one, "/status") is { } status ? status == "suspended" : _tenant.Suspended,
        RequireSecondFactor = After(one, "/requireSecondFactor") is { } required ? required == "true" : _tenant.RequireSecondFactor,
        SupportApproval = After(one, "/supportApproval") is { } approval ? approval == "true" : _tenant.SupportApproval,
        IdleTimeout = Text(one, "/sessionPolicy/idleTimeout") is { } idle ? XmlConvert.ToTimeSpan(idle) : _tenant.IdleTimeout,
        AbsoluteTimeout = Text(one, "/sessionPolicy/absoluteTimeout") is { } absolute ? XmlConvert.ToTimeSpan(absolute) : _tenant.AbsoluteTimeout,
    };

    private static string? Method(JournalEvent one) => one.Changes.FirstOrDefault(change => change.Path == "/secondFactor") is { } change ? JsonSerializer.Deserialize<string>(change.After ?? change.Before ?? "null") : null;

    private static bool Has(JournalEvent one, string path) => one.Changes.Any(change => change.Path == path);

    /// <summary>As JSON.</summary>
    private static string? After(JournalEvent one, string path) => one.Changes.FirstOrDefault(change => change.Path == path)?.After;

    private static string? Text(JournalEvent one, string path) => After(one, path) is { } json ? JsonSerializer.Deserialize<string>(json) : null;

    private static Permissions? PermissionsOf(JournalEvent one)
    {
        if (After(one, "/permissions") is not { } json) return null;
        var set = Permissions.None;
        foreach (var name in JsonSerializer.Deserialize<string[]>(json)!) set |= PermissionNames.TryParse(name, out var permission) ? permission : Permissions.None;
        return set;
    }
}
