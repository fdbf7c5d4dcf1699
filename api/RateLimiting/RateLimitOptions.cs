using System.ComponentModel.DataAnnotations;

namespace Platform.Api.RateLimiting;

/// <summary>Section <c>Platform:RateLimits</c>: budgets of one client address (one IPv4 address or one IPv6 /64), and of snippets, at all hosts together (decision 103).</summary>
internal sealed class RateLimitOptions
{
    public const string Section = "Platform:RateLimits";

    /// <summary>False for load tests. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Sign-in attempts per minute. Default 30: a password costs a slow hash (row DDOS, threat T6).</summary>
    [Range(1, 1_000_000)]
    public int SignInPerMinute { get; set; } = 30;

    /// <summary>
    /// Calls per hour that send a text message, beside each user's own budget. Default 60: messages cost money, and attackers with many accounts earn by them (toll fraud).
    /// </summary>
    [Range(1, 1_000_000)]
    public int MessagesPerHour { get; set; } = 60;

    /// <summary>Vulnerability reports per hour. Default 10: nobody needs an account for one, and each is kept (row VULN).</summary>
    [Range(1, 1_000_000)]
    public int ReportsPerHour { get; set; } = 10;

    /// <summary>Peeks, touches, validations and sign-outs per minute. Default 600,000: back ends validate at very high rate.</summary>
    [Range(1, 100_000_000)]
    public int SessionsPerMinute { get; set; } = 600_000;

    /// <summary>All other calls per minute. Default 6,000.</summary>
    [Range(1, 100_000_000)]
    public int RequestsPerMinute { get; set; } = 6_000;

    /// <summary>Peeks, touches, sign-outs and preflights of one address through one snippet per minute. Default 60,000: a tenth of what the address has, so that no page uses it up.</summary>
    [Range(1, 100_000_000)]
    public int PageCallsPerMinute { get; set; } = 60_000;

    /// <summary>Calls of sign-in, text messages included, of one address through one snippet per minute. Default 20 of the 30 that an address has.</summary>
    [Range(1, 1_000_000)]
    public int PageSignInPerMinute { get; set; } = 20;

    /// <summary>Peeks, touches, sign-outs and preflights through one snippet per minute, of all addresses. Default 300,000.</summary>
    [Range(1, 100_000_000)]
    public int SnippetCallsPerMinute { get; set; } = 300_000;

    /// <summary>Calls of sign-in through one snippet per minute, of all addresses. Default 600: some fifty seconds of one thread that hashes.</summary>
    [Range(1, 1_000_000)]
    public int SnippetSignInPerMinute { get; set; } = 600;

    /// <summary>
    /// Number of client addresses with a budget of their own at a time at this host, and number of those in snippets. Default 100,000, some 12 MB each; further addresses share one budget (threat T71), further ones in
    /// snippets have that of their address alone.
    /// </summary>
    [Range(100, 10_000_000)]
    public int MaxAddresses { get; set; } = 100_000;
}
