using Platform.Authorization;
using Platform.Text;

namespace Platform.Scenarios;

/// <summary>What a scenario and its comments may hold, who may ask, and what a grant makes of it. Pure: nothing counts before it is written.</summary>
internal static class ScenarioRules
{
    public const int MaxComments = 1_000;

    private const int MaxGrants = 200;
    private const int MaxCommentLength = 4000;

    public static StoredScenario Create(Actor actor, ScenarioDraft draft, DateTimeOffset now) => new()
    {
        TenantId = actor.TenantId,
        Name = draft.Name,
        Kind = draft.Kind,
        Content = draft.Content,
        Status = ScenarioStatus.Paused,
        CreatedBy = actor.UserId,
        CreatedAt = now,
    };

    public static Outcome? Fault(ScenarioDraft draft)
    {
        var faults = ScenarioContent.Check(draft.Content).ToList();
        if (!Names.IsVisible(draft.Name)) faults.Insert(0, new InputError("/name", "invalid_name", $"Use 1 to {Names.MaxLength} visible characters."));
        return faults.Count == 0 ? null : InputErrors.Of([.. faults]);
    }

    public static Outcome? FaultOfComment(string text) => Names.IsReadable(text, MaxCommentLength)
        ? null
        : InputErrors.Of(new InputError("/text", "invalid_text", $"Use 1 to {MaxCommentLength} characters, without control characters other than line ends and tabs."));

    /// <summary>Absent, foreign and hidden are one answer.</summary>
    public static Refusal Refuse(StoredScenario? scenario, Actor actor, Permissions needed) => scenario is null || scenario.TenantId != actor.TenantId
        ? Refusal.NotFound
        : Rights.RefuseOnScenario(actor.Permissions, GrantOf(scenario, actor), needed);

    /// <summary>A change must name the version that it is meant for.</summary>
    public static Refusal RefuseChange(StoredScenario? scenario, Actor actor, VersionMatch? match)
    {
        var refusal = Refuse(scenario, actor, Permissions.Edit);
        if (refusal != Refusal.None) return refusal;
        if (match is null) return Refusal.PreconditionRequired;
        return match.Matches(scenario!.Version) ? Refusal.None : Refusal.PreconditionFailed;
    }

    /// <summary>A key's sponsor lends it no more than the scenario leaves to the sponsor, and no more than the key has in the tenant.</summary>
    private static Permissions? GrantOf(StoredScenario scenario, Actor actor) =>
        actor.ApiKey is null ? GrantOf(scenario, actor.UserId) : GrantOf(scenario, actor.Sponsor) & actor.Permissions;

    public static Permissions? GrantOf(StoredScenario scenario, UserId user) => scenario.Grants.FirstOrDefault(grant => grant.UserId == user)?.Permissions;

    /// <summary>The same value where the user has the level already.</summary>
    /// <param name="scenario">As it is.</param>
    /// <param name="actor">Who gives or takes.</param>
    /// <param name="user">To or from whom.</param>
    /// <param name="tenantWide">What the user may do in the tenant.</param>
    /// <param name="level">Null: the tenant-wide level holds again.</param>
    public static Outcome<StoredScenario> SetGrant(StoredScenario scenario, Actor actor, UserId user, Permissions tenantWide, Permissions? level)
    {
        var before = GrantOf(scenario, user);
        if (before is null && level is null) return Refusal.NotFound;
        if (before == level) return scenario;
        var held = Rights.OnScenario(actor.Permissions, GrantOf(scenario, actor));
        if (!Rights.MayChange(held, Rights.OnScenario(tenantWide, before), Rights.OnScenario(tenantWide, level))) return Refusal.Forbidden;
        var grants = Without(scenario, user).Grants;
        if (level is { } given) grants = grants.Add(new ScenarioGrant(user, given));
        if (grants.Length > MaxGrants) return InputErrors.Of(new InputError("", "too_many_grants", $"A scenario has at most {MaxGrants} grants."));
        return scenario with { Grants = grants };
    }

    public static StoredScenario Without(StoredScenario scenario, UserId user) => scenario with { Grants = scenario.Grants.RemoveAll(grant => grant.UserId == user) };

    public static ScenarioView ViewOf(ScenarioId id, StoredScenario scenario) => new()
    {
        Listing = new ScenarioListing
        {
            Id = id,
            TenantId = scenario.TenantId,
            Name = scenario.Name,
            Kind = scenario.Kind,
            Status = scenario.Status,
            Version = scenario.Version,
            CreatedAt = scenario.CreatedAt,
            UpdatedAt = scenario.UpdatedAt,
        },
        Content = scenario.Content,
    };
}
