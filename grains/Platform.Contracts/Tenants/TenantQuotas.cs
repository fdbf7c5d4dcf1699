namespace Platform.Tenants;

/// <summary>What a tenant makes without an end of its own.</summary>
public enum TenantObject
{
    User = 0,

    /// <summary>Or a personalization.</summary>
    Scenario = 1,

    /// <summary>With the answer that is kept for it. It leaves by itself after a day.</summary>
    IdempotencyKey = 2,
}

/// <summary>How many a tenant may have, by edition. The one table: what holds for all editions alike stands with what it bounds.</summary>
public static class TenantQuotas
{
    /// <param name="kind">Of what.</param>
    /// <param name="edition">The tenant's.</param>
    public static int Of(TenantObject kind, TenantEdition edition) => (kind, edition) switch
    {
        (TenantObject.User, TenantEdition.Trial) => 500,
        (TenantObject.User, TenantEdition.Developer) => 2_000,
        (TenantObject.User, TenantEdition.Standard) => 50_000,
        (TenantObject.User, TenantEdition.Enterprise) => 1_000_000,
        (TenantObject.Scenario, TenantEdition.Trial) => 200,
        (TenantObject.Scenario, TenantEdition.Developer) => 1_000,
        (TenantObject.Scenario, TenantEdition.Standard) => 10_000,
        (TenantObject.Scenario, TenantEdition.Enterprise) => 100_000,
        (TenantObject.IdempotencyKey, TenantEdition.Trial) => 1_000,
        (TenantObject.IdempotencyKey, TenantEdition.Developer) => 5_000,
        (TenantObject.IdempotencyKey, TenantEdition.Standard) => 50_000,
        (TenantObject.IdempotencyKey, TenantEdition.Enterprise) => 200_000,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), (kind, edition), "There is no such quota."),
    };
}
