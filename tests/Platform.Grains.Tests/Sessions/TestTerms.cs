using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Grains.Tests.Sessions;

/// <summary>Terms of a tenant that has changed nothing yet.</summary>
internal static class TestTerms
{
    public static TenantPolicySnapshot Of(TimeSpan idle, TimeSpan absolute) => new()
    {
        Revision = 1, Policy = new SessionPolicy(idle, absolute), Epoch = 0, IdleCutoff = default, AbsoluteCutoff = default, Roles = [],
    };
}
