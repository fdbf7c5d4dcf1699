using System.Net;
using System.Net.Security;
using Platform.Hosting.Settings;

namespace Platform.Hosting;

/// <summary>
/// <c>probe &lt;url&gt;</c>: whether a process on this machine answers its health check with 200, for supervisors in images that have no other HTTP client. Exit code 0 or 1.
/// </summary>
public static class ProbeCommand
{
    public const string Name = "probe";

    private const string Usage = "Use: probe <address of a health check on this machine>, such as https://localhost:8443/readyz. Exit code 0: it answers 200.";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        if (HelpText.IsHelp(args))
        {
            await output.WriteLineAsync(Usage);
            return 0;
        }

        if (args is not [var text] || !Uri.TryCreate(text, UriKind.Absolute, out var address) || !address.IsLoopback)
        {
            await error.WriteLineAsync(Usage);
            return 2;
        }

#pragma warning disable CA5359 // On this machine only; what is asked for is no secret, and what is answered decides nothing but a restart.
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        };
#pragma warning restore CA5359
        using var client = new HttpClient(handler) { Timeout = Timeout };
        try
        {
            using var answer = await client.GetAsync(address);
            if (answer.StatusCode == HttpStatusCode.OK) return 0;
            await error.WriteLineAsync($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            await error.WriteLineAsync(failure.Message);
        }

        return 1;
    }
}
