using Platform.Api.ForwardedHeaders;

namespace Platform.Api.Hosting;

/// <summary>
/// Where the host listens. HTTPS only; a plain address is an error unless trusted proxies are named (row TLS). Faults are kept and reported with all others.
/// </summary>
internal sealed class ListenAddresses : IValidateOptions<ProxyOptions>
{
    private const string Default = "https://localhost:8443";
    private readonly List<string> _errors = [];

    public ListenAddresses(IConfiguration configuration)
    {
        TrustedNetworks = ProxyOptions.Read(configuration, _errors);
        var urls = configuration[WebHostDefaults.ServerUrlsKey];
        Urls = (string.IsNullOrWhiteSpace(urls) ? Default : urls).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var url in Urls.Concat(configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? ""))) Check(url);
        if (configuration.GetValue<bool>("FORWARDEDHEADERS_ENABLED"))
        {
            _errors.Add("ASPNETCORE_FORWARDEDHEADERS_ENABLED would let anybody choose the client address. Remove it and name your proxies in Platform:Proxy:TrustedNetworks.");
        }
    }

    public string[] Urls { get; }

    public ImmutableArray<System.Net.IPNetwork> TrustedNetworks { get; }

    public ValidateOptionsResult Validate(string? name, ProxyOptions options) =>
        _errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_errors);

    private void Check(string url)
    {
        if (url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)) return;
        if (!url.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            _errors.Add($"ASPNETCORE_URLS: '{url}' is not an https:// address.");
        }
        else if (TrustedNetworks.IsEmpty)
        {
            _errors.Add($"ASPNETCORE_URLS: '{url}' is not served, only https://. Behind a TLS-terminating proxy, name its network in Platform:Proxy:TrustedNetworks.");
        }
    }
}
