namespace Platform.Authorization;

/// <summary>
/// The one place where rights are decided (row ROLES, ASVS 8.1). Pure: what it needs is given, so that its rules can be read and tested as a table.
/// Grains ask it with data that they own; nothing is remembered, so a change of rights holds for the next question.
/// </summary>
internal static class Rights
{
    /// <summary>What a grant on one scenario can give; the rest is tenant-wide only.</summary>
    public const Permissions OfScenarios = Permissions.Read | Permissions.Edit | Permissions.Collaborate;

    /// <summary>Nobody gives, or takes away, what they do not hold themselves (threat T46).</summary>
    public static bool MayChange(Permissions actor, Permissions before, Permissions after) => actor.Holds(before ^ after);

    /// <summary>
    /// Who disables or deletes an account, or redirects its reset links by another e-mail address, rules over all that it may do.
    /// </summary>
    public static bool CanManage(Permissions actor, Permissions target) => actor.Holds(target);

    /// <summary>A grant on a scenario replaces the tenant-wide level there: it can give more and it can give less.</summary>
    public static Permissions OnScenario(Permissions tenantWide, Permissions? grant) =>
        grant is { } level ? (tenantWide & ~OfScenarios) | (level & OfScenarios) : tenantWide;

    /// <summary>
    /// A scenario is hidden (as an absent one is) from whom a grant keeps from reading it; whoever may read nothing at all in the tenant gets 403.
    /// </summary>
    public static Refusal RefuseOnScenario(Permissions tenantWide, Permissions? grant, Permissions needed)
    {
        var held = OnScenario(tenantWide, grant);
        if (!held.Holds(Permissions.Read)) return grant is null ? Refusal.Forbidden : Refusal.NotFound;
        return held.Holds(needed) ? Refusal.None : Refusal.Forbidden;
    }
}
