using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Platform.Benchmarks.Compare.Servers;

namespace Platform.Benchmarks.Compare;

/// <summary>A compared server in a process of its own, so that its processor time is not that of the load.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SessionsTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly ServerKind _kind;

    private ServerProcess(Process process, ServerKind kind) => (_process, _kind) = (process, kind);

    /// <summary>On loopback.</summary>
    public int Port { get; private set; }

    public int Id => _process.Id;

    public static async Task<ServerProcess> StartAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        var server = new ServerProcess(Launch(), settings.Kind);
        try
        {
            server.Port = (await server.AskAsync<ServerReady>(settings.Serialize(), StartTimeout, cancellationToken)).Port;
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public Task<ServerUsage> ReadUsageAsync(CancellationToken cancellationToken) => AskAsync<ServerUsage>(ServerProgram.Usage, AnswerTimeout, cancellationToken);

    /// <summary>Of the platform.</summary>
    /// <returns>Tokens.</returns>
    public Task<string[]> OpenSessionsAsync(SessionsWanted wanted, CancellationToken cancellationToken) =>
        AskAsync<string[]>(ServerProgram.Sessions + JsonSerializer.Serialize(wanted), SessionsTimeout, cancellationToken);

    public ValueTask DisposeAsync() => TiedProcess.StopAsync(_process);

    /// <summary>This program again, whether it was started as such or by the <c>dotnet</c> command.</summary>
    private static Process Launch()
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        start.ArgumentList.Add(ServerProgram.Name);
        return Process.Start(start)!;
    }

    private async Task<T> AskAsync<T>(string question, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await _process.StandardInput.WriteLineAsync(question.AsMemory(), limit.Token);
            await _process.StandardInput.FlushAsync(limit.Token);
            while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.StartsWith(ServerProgram.Mark, StringComparison.Ordinal)) return JsonSerializer.Deserialize<T>(line.AsSpan(ServerProgram.Mark.Length))!;
                await Console.Error.WriteLineAsync(line);
            }
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"The {_kind} server did not answer within {timeout.TotalSeconds} s.", late);
        }
        catch (IOException)
        {
            // It has ended; said below.
        }

        throw new InvalidOperationException($"The {_kind} server has ended.");
    }
}
