using System.ComponentModel.DataAnnotations;

namespace Platform.SignIn;

/// <summary>Section <c>Platform:SignIn</c>: what strangers may get wrong within 15 minutes, at all hosts together (threat T6). Who signs in from where the owner has signed in before is none.</summary>
internal sealed class SignInOptions
{
    public const string Section = PlatformOptions.Section + ":SignIn";

    /// <summary>
    /// Failures of one network (an IPv4 /24, an IPv6 /48) at one tenant; three times as many at all tenants together. Five times that where somebody of the network got in. Default 20, 3 to 1,000,000.
    /// </summary>
    [Range(3, 1_000_000)]
    public int FailuresPerNetwork { get; set; } = 20;

    /// <summary>Failures at one tenant from which on each network without a success there has three, and those who manage users and the operators are told. Default 100, 10 to 1,000,000.</summary>
    [Range(10, 1_000_000)]
    public int FailuresPerTenant { get; set; } = 100;

    /// <summary>Failures that a tenant's access log tells one by one; the others are counted, and told once a minute. Default 100, 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int LoggedFailures { get; set; } = 100;
}
