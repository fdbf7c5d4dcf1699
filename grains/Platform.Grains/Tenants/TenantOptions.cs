using System.ComponentModel.DataAnnotations;

namespace Platform.Tenants;

/// <summary>Section <c>Platform:Tenants</c>.</summary>
internal sealed class TenantOptions
{
    public const string Section = PlatformOptions.Section + ":Tenants";

    /// <summary>How long a tenant whose deletion was asked for works on, so that its people can take their data away. Default 30 days. 0, at once, is for platforms without real customers.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan DeletionDelay { get; set; } = TimeSpan.FromDays(30);
}
