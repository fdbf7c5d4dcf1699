using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Platform.Hosting;

namespace Platform.Api.Hosting;

/// <summary>
/// Prints the platform's addresses to the console and, at the first start, the way to sign in. First passwords go here and nowhere else, never to a log.
/// </summary>
internal sealed partial class StartupBanner(
    StartupBannerOutput output,
    ServerCertificate certificate,
    RuntimeInfo runtime,
    IServer server,
    IEnumerable<IBannerSection> sections,
    IOptions<PlatformOptions> options,
    ILogger<StartupBanner> logger)
{
    public void Listening()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses.ToArray() ?? [];
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

        // After the banner: the log has a thread and a stream of its own, and would write into the middle of it.
        LogStarted(logger, runtime.Runtime, options.Value.Topology, options.Value.Environment, string.Join(", ", addresses));
    }

    /// <summary>Three calls that work as pasted: sign in, peek at the session, sign out.</summary>
    private void WriteCalls(string address)
    {
        var lines = output.Writer;
        lines.WriteLine($"  Documents    {address}/docs");
        foreach (var section in sections) section.Write(lines, address);

        // The last one: an account that was asked for rather than the one that every first start makes.
        if (sections.Select(section => section.SignIn).LastOrDefault(signIn => signIn is not null) is not { } signIn) return;
        var (tenant, user, password) = signIn;
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

    /// <summary>The address at which browsers on this machine reach the host, once it listens; null before. An address that listens everywhere is reached, and certified, as localhost.</summary>
    public static string? PublicAddress(IServer server) =>
        server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault(address => address.StartsWith("https", StringComparison.Ordinal))?
            .Replace("//[::]", "//localhost", StringComparison.Ordinal).Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal);

    private static string Quote(string path) => "'" + path.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    [LoggerMessage(1, LogLevel.Information, "Platform started on {Runtime}, topology {Topology}, environment {Environment}, at {Addresses}.", EventName = "PlatformStarted")]
    private static partial void LogStarted(ILogger logger, string runtime, Topology topology, string environment, string addresses);
}
