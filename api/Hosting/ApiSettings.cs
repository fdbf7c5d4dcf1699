using Platform.Api.Admission;
using Platform.Api.Docs;
using Platform.Api.ForwardedHeaders;
using Platform.Api.Limits;
using Platform.Api.RateLimiting;
using Platform.Hosting.Settings;
using Platform.Sessions;

namespace Platform.Api.Hosting;

/// <summary>The settings of an API host (see <see cref="KnownSettings"/>).</summary>
internal static class ApiSettings
{
    public static readonly (string Section, Type Options)[] Sections =
    [
        (AdmissionOptions.Section, typeof(AdmissionOptions)),
        (LimitsOptions.Section, typeof(LimitsOptions)),
        (ProxyOptions.Section, typeof(ProxyOptions)),
        (RateLimitOptions.Section, typeof(RateLimitOptions)),
        (SecurityTxtOptions.Section, typeof(SecurityTxtOptions)),
        (SessionReplicaOptions.Section, typeof(SessionReplicaOptions)),
    ];
}
