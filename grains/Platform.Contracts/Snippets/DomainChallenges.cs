namespace Platform.Snippets;

/// <summary>Where a challenge is to be found. Part of the contract: tenants write these down.</summary>
public static class DomainChallenges
{
    private const string TxtLabel = "_platform-challenge.";
    private const string TxtStart = "platform-challenge=";
    private const string FilePath = "/.well-known/platform-challenge";

    /// <summary>What has to be proven for a domain: of a wildcard the domain above it; ports prove nothing.</summary>
    public static string PlaceOf(string domain)
    {
        var host = DomainNames.WithoutWildcard(domain);
        return host.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 ? host[..colon] : host;
    }

    public static string TxtName(string domain) => TxtLabel + domain;

    public static string TxtValue(string challenge) => TxtStart + challenge;

    public static string FileUrl(string domain) => $"https://{domain}{FilePath}";
}
