using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Platform.Audit;
using Platform.Privacy;

namespace Platform.Grains.Tests.Privacy;

public sealed class OwnEventsTests
{
    private static readonly UserId Own = UserId.From(Guid.Parse("00000000000070008000000000000001"));
    private static readonly UserId Other = UserId.From(Guid.Parse("00000000000070008000000000000002"));

    /// <summary>Whoever acts on whatever: the other one's id, name, address, program and session are never in it; the user's own always are.</summary>
    [Fact, Trait("Threat", "T52")]
    public void Of_AnyEvent_ShowsNothingOfOthersAndAllOfOneself()
    {
        var parties = Gen.Elements("own", "other", "operator", "system", "scenario");
        var actions = Gen.Elements(AuditActions.SessionRevoked, AuditActions.SessionSignedIn, AuditActions.UserUpdated, AuditActions.ScenarioGrantSet, AuditActions.TenantIpRulesSet);
        var cases = Gen.Zip(Gen.Zip(parties, parties), actions);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Arb.From(cases), tuple =>
        {
            var ((actor, target), action) = tuple;
            if (actor is not ("own" or "other" or "operator") && target != "own") return;
            var isSession = action.StartsWith("session.", StringComparison.Ordinal);
            if (isSession && target is "scenario" or "system") return;
            var found = Event(actor, target, action, sessionOf: isSession ? target : actor);

            var shown = OwnEvents.Of(found, Own);

            var text = JsonSerializer.Serialize(shown);
            text.ShouldNotContain("OTHER");
            text.ShouldNotContain(Other.ToString());
            (shown.Sequence, shown.Action, shown.Actor.Type, shown.Target.Type).ShouldBe((found.Sequence, found.Action, found.Actor.Type, found.Target.Type));
            if (actor == "own") (shown.Actor, shown.Ip, shown.UserAgent).ShouldBe((found.Actor, found.Ip, found.UserAgent));
            if (target == "own") shown.Changes.Select(c => c.After).ShouldBe([$"\"{Own} usr_…\""]);
            if ((isSession ? target : actor) == "own") shown.SessionId.ShouldBe("OWN session");
        }));
    }

    private static AuditEvent Event(string actor, string target, string action, string sessionOf) => new()
    {
        TenantId = TenantId.From(Own.Value),
        Sequence = 7,
        Id = "evt_7",
        Time = DateTimeOffset.UnixEpoch,
        Actor = Party(actor),
        Action = action,
        Target = Party(target),
        Outcome = AuditOutcome.Success,
        Reason = null,
        Ip = actor == "system" ? null : Of(actor, "address"),
        UserAgent = actor == "system" ? null : Of(actor, "program"),
        SessionId = sessionOf is "own" or "other" or "operator" ? Of(sessionOf, "session") : null,
        TraceId = "OTHER trace",
        Changes = target is "other" or "operator"
            ? [new AuditChange("/email", "\"OTHER before\"", "\"OTHER after\"")]
            : [new AuditChange($"/grants/{Other}", null, $"\"{Own} {Other}\"")],
        PreviousHash = [],
        Hash = [],
        ActorProof = new AuditProof([], [.. "OTHER"u8]),
        TargetProof = new AuditProof([], [.. "OTHER"u8]),
    };

    private static string Of(string who, string what) => (who == "own" ? "OWN " : "OTHER ") + what;

    private static AuditParty Party(string who) => who switch
    {
        "own" => new(AuditParties.User, Own.ToString(), "OWN name"),
        "other" => new(AuditParties.User, Other.ToString(), "OTHER name"),
        "operator" => new(AuditParties.Operator, Other.ToString(), "OTHER name"),
        "scenario" => new(AuditParties.Scenario, "scn_1", "Spring sale"),
        _ => new(AuditParties.System, null),
    };
}
