using System.Diagnostics;
using System.Net;
using System.Reflection;

namespace Platform.Process.Tests.Examples;

// By this name alone it would be the namespace.
using Process = System.Diagnostics.Process;

/// <summary>An example back end of a tenant as a process, started as its page says.</summary>
internal sealed class BackEnd : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false });

    private BackEnd(Process process) => _process = process;

    public static async Task<BackEnd> StartAsync(string kind, PlatformProcess platform, string certificate, string key, string origin)
    {
        var output = new ProcessOutput();
        var info = kind switch
        {
            "node" => new ProcessStartInfo("node", [Path.Combine(Repository.Root, "examples", "introspection-node", "server.mjs")]) { Environment = { ["PORT"] = "0", ["NODE_EXTRA_CA_CERTS"] = certificate } },
            _ => new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", Assembly, "--urls=http://127.0.0.1:0"]) { Environment = { ["SSL_CERT_FILE"] = certificate } },
        };
        (info.UseShellExecute, info.RedirectStandardOutput, info.RedirectStandardError) = (false, true, true);
        (info.Environment["PLATFORM"], info.Environment["API_KEY"], info.Environment["ORIGIN"]) = (platform.Address.GetLeftPart(UriPartial.Authority), key, origin);
        var process = new Process { StartInfo = info };
        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => output.Add(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var backEnd = new BackEnd(process);
        try
        {
            var listening = await output.WaitForAsync("istening on:? (?<address>http://127.0.0.1:[0-9]+)").WaitAsync(Timeout, TimeProvider.System);
            backEnd._http.BaseAddress = new Uri(listening.Groups["address"].Value);
            return backEnd;
        }
        catch (Exception silent) when (silent is TimeoutException or OperationCanceledException)
        {
            await backEnd.DisposeAsync();
            throw new InvalidOperationException($"The back end did not start: {output.Text}", silent);
        }
    }

    public async Task<(HttpStatusCode Status, string Text)> AskAsync(params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/who");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
    }

    private static string Assembly => typeof(BackEnd).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Example").Value!;
}
