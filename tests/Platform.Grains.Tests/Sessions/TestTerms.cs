using Platform.Sessions;
using Platform.Tenants;

namespace Platform.Tests.Sessions;

/// <summary>Terms of a tenant that has changed nothing yet.</summary>
internal static class TestTerms
{
    public static TenantTerms Of(TimeSpan idle, TimeSpan absolute) => new()
    {
        Revision = 1, Policy = new SessionPolicy(idle, absolute), Epoch = 0, IdleUntil = default, OverUntil = default, Roles = [],
    };
}
