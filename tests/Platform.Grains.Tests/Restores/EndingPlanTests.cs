using System.Collections.Immutable;
using Platform.Audit;
using Platform.Grains.Tests.Journal;
using Platform.Internal;
using Platform.Journal;
using Platform.Restores;

namespace Platform.Grains.Tests.Restores;

[Trait("Threat", "T78")]
public sealed class EndingPlanTests
{
    private static readonly UserId Bob = UserId.From(new Guid(1, 0, 0, new byte[8]));
    private static readonly ApiKeyId Key = ApiKeyId.From(new Guid(2, 0, 0, new byte[8]));

    private readonly List<JournalEvent> _events = [];

    [Fact]
    public void Of_WhatEnded_EndsItAgain()
    {
        Add(AuditActions.UserDisabled, Bob.ToString());
        Add(AuditActions.UserPasswordChanged, Bob.ToString(), new JournalChange("/password", null, null));
        Add(AuditActions.UserSecondFactorDisabled, Bob.ToString(), new JournalChange("/secondFactor", "\"totp\"", null));
        Add(AuditActions.UserUpdated, Bob.ToString(), new JournalChange("/recoveryCodes", null, null));
        Add(AuditActions.UserPermissionsSet, Bob.ToString(), new JournalChange("/role", "\"owner\"", "\"viewer\""));
        Add(AuditActions.ApiKeyRevoked, Key.ToString());

        var plan = Plan();

        var bob = plan.Users[Bob];
        (bob.Disabled, bob.PasswordReplacedAt, bob.RecoveryCodesReplaced, bob.PhoneRemovedAt).ShouldBe((true, DateTimeOffset.MaxValue, true, (DateTimeOffset?)null));
        bob.TotpRemovedAt.ShouldBe(_events[2].At);
        bob.Rights.ShouldBe(new RightsEnding("viewer", Permissions.None, IsWhole: true));
        plan.Keys.ShouldBe([Key]);
        plan.Tenant.IsWhole.ShouldBeTrue();
    }

    [Fact]
    public void Of_WhatCameToNothing_EndsNothing()
    {
        Add(AuditActions.UserDisabled, Bob.ToString());
        _events.Add(_events[^1] with { Outcome = AuditOutcome.Failure, Reason = "not_completed" });
        _events.Add(_events[0] with { Action = AuditActions.UserErased, Outcome = AuditOutcome.Failure, Reason = "wrong_password" });

        Plan().Users.ShouldBeEmpty();
    }

    [Fact]
    public void Of_DisabledAndEnabledAgain_LeavesTheUserAlone()
    {
        Add(AuditActions.UserDisabled, Bob.ToString());
        Add(AuditActions.UserEnabled, Bob.ToString());

        Plan().Users[Bob].Disabled.ShouldBeFalse();
    }

    [Fact]
    public void Of_TenantAndRoles_AreAsTheyWereLast()
    {
        Tenant(AuditActions.TenantUpdated, new JournalChange("/status", "\"active\"", "\"suspended\""), new JournalChange("/requireSecondFactor", "false", "true"));
        Tenant(AuditActions.TenantUpdated, new JournalChange("/sessionPolicy/idleTimeout", "\"PT30M\"", "\"PT5M\""));
        Add(AuditActions.RoleUpdated, "auditor", new JournalChange("/permissions", "[\"read\",\"edit\"]", "[\"read\"]"));
        Add(AuditActions.RoleDeleted, "helper", new JournalChange("/permissions", "[\"read\"]", null));
        Tenant(AuditActions.TenantIpRulesSet);

        var tenant = Plan().Tenant;

        (tenant.Suspended, tenant.RequireSecondFactor, tenant.IdleTimeout).ShouldBe((true, true, TimeSpan.FromMinutes(5)));
        tenant.Roles.ShouldBe([new global::Platform.Users.Role("auditor", Permissions.Read)]);
        tenant.DeletedRoles.ShouldBe(["helper"]);
        tenant.Review.ShouldBe([$"{AuditActions.TenantIpRulesSet} {JournalSample.Tenant}"]);
    }

    /// <summary>Operators' own log has a copy of what they do to other tenants.</summary>
    [Fact]
    public void Of_WhatWasDoneToAnotherTenant_LeavesThisOneAlone()
    {
        Add(AuditActions.TenantUpdated, TenantId.From(Guid.Empty).ToString(), new JournalChange("/status", "\"active\"", "\"suspended\""));
        Add(AuditActions.TenantDeleted, TenantId.From(Guid.Empty).ToString());

        var tenant = Plan().Tenant;

        (tenant.Suspended, tenant.Deletion).ShouldBe((false, null));
    }

    [Fact]
    public void Of_ADeletion_EndsAsItEndedLast()
    {
        Tenant(AuditActions.TenantDeletionRequested, new JournalChange("/deletesAt", null, "\"2026-12-30T00:00:00.0000000Z\""));
        Plan().Tenant.Deletion.ShouldNotBeNull().DeletesAt.ShouldBe(new DateTimeOffset(2026, 12, 30, 0, 0, 0, TimeSpan.Zero));
        Tenant(AuditActions.TenantDeletionWithdrawn, new JournalChange("/deletesAt", "\"2026-12-30T00:00:00.0000000Z\"", null));
        Plan().Tenant.Deletion.ShouldBe(new DeletionEnding(null, null, Begun: false));
        Tenant(AuditActions.TenantDeletionBegun);
        Plan().Tenant.Deletion.ShouldNotBeNull().Begun.ShouldBeTrue();
    }

    /// <summary>The log says it first; the backup may have the entry and not yet what followed.</summary>
    [Fact]
    public void Of_AnEventThatTheBackupHas_CountsForWhatIsOlder()
    {
        Add(AuditActions.UserPasswordReset, Bob.ToString());

        Plan(head: 1).Users[Bob].PasswordReplacedAt.ShouldBe(_events[0].At - TimeSpan.FromMinutes(1));
    }

    private EndingPlan Plan(long head = 0) => EndingPlan.Of(new TenantHistory([.. _events], IsWhole: true, 1, _events.Count), head, isWhole: true);

    private void Tenant(string action, params ImmutableArray<JournalChange> changes) => Add(action, JournalSample.Tenant.ToString(), changes);

    private void Add(string action, string target, params ImmutableArray<JournalChange> changes) =>
        _events.Add(JournalSample.Event(_events.Count + 1, JournalSample.Genesis, action: action, target: target, changes: changes));
}
