using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Grains.Tests.Sessions;

/// <summary>The policy of a tenant that has changed nothing yet.</summary>
internal static class TestPolicy
{
    public static TenantPolicySnapshot Of(TimeSpan idle, TimeSpan absolute) => new()
    {
        Revision = 1, Policy = new SessionPolicy(idle, absolute), Epoch = 0, IdleCutoff = default, AbsoluteCutoff = default, Roles = [],
    };
}
