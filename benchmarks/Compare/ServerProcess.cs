using System.Text.Json;
using Platform.Benchmarks.Compare.Servers;
using Platform.Benchmarks.Hosting;

namespace Platform.Benchmarks.Compare;

/// <summary>A compared server in a process of its own, so that its processor time is not that of the load.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SessionsTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);

    private readonly AskedProcess _process;

    private ServerProcess(AskedProcess process) => _process = process;

    /// <summary>On loopback.</summary>
    public int Port { get; private set; }

    public int Id => _process.Id;

    public static async Task<ServerProcess> StartAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        var server = new ServerProcess(AskedProcess.Start(ServerProgram.Name, $"{settings.Kind} server"));
        try
        {
            server.Port = (await server._process.AskAsync<ServerReady>(settings.Serialize(), StartTimeout, cancellationToken)).Port;
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public Task<ServerUsage> ReadUsageAsync(CancellationToken cancellationToken) => _process.AskAsync<ServerUsage>(ServerProgram.Usage, AnswerTimeout, cancellationToken);

    /// <summary>Of the platform.</summary>
    /// <returns>Tokens.</returns>
    public Task<string[]> OpenSessionsAsync(SessionsWanted wanted, CancellationToken cancellationToken) =>
        _process.AskAsync<string[]>(ServerProgram.Sessions + JsonSerializer.Serialize(wanted), SessionsTimeout, cancellationToken);

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
