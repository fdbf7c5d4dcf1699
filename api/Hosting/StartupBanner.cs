using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Platform.Api.Demo;
using Platform.Silo.Hosting;

namespace Platform.Api.Hosting;

/// <summary>
/// Tells on the console where the platform is and, at the first start, how to get in. First passwords go here and nowhere else, never to a log.
/// </summary>
internal sealed partial class StartupBanner(
    StartupBannerOutput output,
    OperatorBootstrap first,
    ServerCertificate certificate,
    RuntimeInfo runtime,
    IServer server,
    DemoSite site,
    IOptions<PlatformOptions> options,
    ILogger<StartupBanner> logger)
{
    private IReadOnlyList<DemoUser> _demo = [];

    public void DemoMade(IReadOnlyList<DemoUser> users)
    {
        _demo = users;
        output.Writer.WriteLine(users.Count == 0
            ? $"Demo tenant '{DemoTenant.Slug}' is there already; its passwords are not shown again."
            : $"Made demo tenant '{DemoTenant.Slug}'. One-time display of its passwords:");
        foreach (var user in users) output.Writer.WriteLine($"  {user.Username,-6} {user.Role,-7} {user.Password}");
    }

    public void Listening()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses.ToArray() ?? [];
        LogStarted(logger, runtime.Runtime, options.Value.Topology, options.Value.Environment, string.Join(", ", addresses));
        var lines = output.Writer;
        lines.WriteLine();
        lines.WriteLine($"  Address      {string.Join(", ", addresses)}");
        lines.WriteLine($"  Runtime      {runtime.Runtime}");
        lines.WriteLine($"  Environment  {options.Value.Environment}");
        lines.WriteLine($"  Data         {Path.GetFullPath(options.Value.DataDirectory)}");
        if (!certificate.IsConfigured)
        {
            lines.WriteLine($"  Certificate  {certificate.PemPath}");
            lines.WriteLine($"               SHA-256 {certificate.Fingerprint}");
        }

        if (PublicAddress(server) is { } https) WriteCalls(https);
        lines.WriteLine();
        lines.Flush();
    }

    /// <summary>Three calls that work as pasted: sign in, look at the session, sign out.</summary>
    private void WriteCalls(string address)
    {
        var lines = output.Writer;
        lines.WriteLine($"  Documents    {address}/docs");
        if (site.Address is { } example)
        {
            lines.WriteLine($"  Example page {example}");
            lines.WriteLine($"               of tenant '{DemoTenant.Slug}'; {address}/docs/snippet says how it is done");
            if (_demo.Count > 0) lines.WriteLine($"               Its sessions end after {DemoSnippet.IdleTimeout.TotalSeconds} seconds without activity, so that the page can show it");
        }
        else if (site.WhyNot is { } reason)
        {
            lines.WriteLine($"  Example page none: {reason}");
        }

        if (!first.IsMade && _demo.Count == 0) return;
        var (tenant, user, password) = _demo.Count > 0 ? (DemoTenant.Slug, _demo[0].Username, _demo[0].Password) : ("platform", "operator", first.Password);
        var curl = certificate.IsConfigured ? "curl" : $"curl --cacert {Quote(certificate.PemPath)}";
        var jar = Quote(Path.Combine(Path.GetFullPath(options.Value.DataDirectory), "curl.cookies"));

        // A configured password is not repeated: the shell that holds it fills it in.
        var shown = password ?? "'\"$Platform__Bootstrap__OperatorPassword\"'";
        lines.WriteLine();
        lines.WriteLine("Try it:");
        lines.WriteLine();
        lines.WriteLine($$"""{{curl}} -c {{jar}} -H 'Content-Type: application/json' -d '{"tenant":"{{tenant}}","username":"{{user}}","password":"{{shown}}"}' {{address}}/v1/sign-in""");
        lines.WriteLine($"{curl} -b {jar} {address}/v1/session");
        lines.WriteLine($"{curl} -b {jar} -c {jar} -X POST {address}/v1/sign-out");
    }

    /// <summary>Where browsers on this machine reach it, once it listens; null before. An address that listens everywhere is reached, and certified, as localhost.</summary>
    public static string? PublicAddress(IServer server) =>
        server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault(address => address.StartsWith("https", StringComparison.Ordinal))?
            .Replace("//[::]", "//localhost", StringComparison.Ordinal).Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal);

    private static string Quote(string path) => "'" + path.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    [LoggerMessage(1, LogLevel.Information, "Platform started on {Runtime}, topology {Topology}, environment {Environment}, at {Addresses}.", EventName = "PlatformStarted")]
    private static partial void LogStarted(ILogger logger, string runtime, Topology topology, string environment, string addresses);
}
