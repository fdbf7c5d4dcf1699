using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Platform.Hosting;
using Platform.Server;

namespace Platform.Api.Tests.Hosting;

/// <summary>Starts a real program with an empty data directory, to see it end before anything is made there.</summary>
public abstract class RefusedStartTest : IDisposable
{
    private protected string Folder { get; } = Directory.CreateTempSubdirectory("platform-start-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected Task<(int Code, string Error)> RunAsync(string[] args, Action<IConfigurationBuilder>? configure = null) => RunAsync(PlatformServer.Build, args, configure);

    /// <summary>The program of topology "cluster".</summary>
    private protected Task<(int Code, string Error)> RunApiAsync(string[] args) => RunAsync(ApiProgram.Build, args);

    private async Task<(int Code, string Error)> RunAsync(
        Func<string[], Action<WebApplicationBuilder>, WebApplication> build, string[] args, Action<IConfigurationBuilder>? configure = null)
    {
        var error = new StringWriter();
        var code = await HostRun.RunAsync(
            () => build(
                ["--urls=https://127.0.0.1:0", $"--Platform:DataDirectory={Folder}", .. args],
                builder =>
                {
                    Quiet.Configure(builder.Services);
                    configure?.Invoke(builder.Configuration);
                }),
            error);
        return (code, error.ToString());
    }
}
