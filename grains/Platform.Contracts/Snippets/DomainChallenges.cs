namespace Platform.Snippets;

/// <summary>The places of a challenge. They are part of the contract, because tenants publish them.</summary>
public static class DomainChallenges
{
    private const string TxtLabel = "_platform-challenge.";
    private const string TxtStart = "platform-challenge=";
    private const string FilePath = "/.well-known/platform-challenge";

    /// <summary>The domain to be proven: for a wildcard the domain above it, always without the port.</summary>
    public static string PlaceOf(string domain)
    {
        var host = DomainNames.WithoutWildcard(domain);
        return host.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 ? host[..colon] : host;
    }

    public static string TxtName(string domain) => TxtLabel + domain;

    public static string TxtValue(string challenge) => TxtStart + challenge;

    public static string FileUrl(string domain) => $"https://{domain}{FilePath}";
}
