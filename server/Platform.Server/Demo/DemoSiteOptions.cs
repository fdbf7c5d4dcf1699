using Platform.Hosting.Settings;

namespace Platform.Server.Demo;

/// <summary>From the command line only: <c>--demo-site</c>.</summary>
internal sealed class DemoSiteOptions
{
    /// <summary>Where the example page is to be, <c>https://localhost:&lt;port&gt;</c>; null: on a port that is found.</summary>
    public string? Url { get; set; }

    public bool TryReadPort(out int port)
    {
        port = 0;
        if (Url is null || !Uri.TryCreate(Url, UriKind.Absolute, out var url)) return false;
        port = url.Port;
        return url.Scheme == Uri.UriSchemeHttps && url.Host == DemoSite.Host && url.UserInfo.Length == 0 && url.PathAndQuery == "/" && url.Fragment.Length == 0 && !Url.EndsWith('?') && port > 0;
    }
}

internal sealed class DemoSiteOptionsValidator(HostArguments arguments, IOptions<PlatformOptions> platform) : IValidateOptions<DemoSiteOptions>
{
    public ValidateOptionsResult Validate(string? name, DemoSiteOptions options)
    {
        if (options.Url is null) return ValidateOptionsResult.Success;
        if (!arguments.Has(DemoExtensions.Flag)) return ValidateOptionsResult.Fail($"{DemoExtensions.SiteOption} says where the example page of {DemoExtensions.Flag} is: give both.");
        if (platform.Value.Environment != DemoSite.Environment) return ValidateOptionsResult.Fail($"{DemoExtensions.SiteOption} works in the environment {DemoSite.Environment} only.");
        return options.TryReadPort(out _) ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail($"{DemoExtensions.SiteOption} takes https://localhost:<port> and nothing else.");
    }
}
