using System.Diagnostics;

namespace Platform.Benchmarks.Compare;

/// <summary>A store for sessions that a compared server asks, on this machine.</summary>
internal interface ICompareStore : IAsyncDisposable
{
    /// <summary>As the server's client takes it.</summary>
    string Configuration { get; }

    /// <summary>Stores what the server will look up.</summary>
    /// <param name="tokens">Of the sessions.</param>
    /// <param name="answers">By path.</param>
    /// <param name="cancellationToken">Of the run.</param>
    Task FillAsync(IReadOnlyList<string> tokens, IReadOnlyDictionary<string, Answer> answers, CancellationToken cancellationToken);

    /// <summary>What the store has used so far.</summary>
    Task<TimeSpan> ReadProcessorAsync(CancellationToken cancellationToken);
}

/// <summary>The store is not on this machine or cannot do what is needed; the message says why its rows are left out.</summary>
internal sealed class StoreMissingException(string message) : Exception(message);

/// <summary>A program that ends when its input does: with the comparison, however that ended.</summary>
internal sealed class TiedProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    private readonly Process _process;

    private TiedProcess(Process process, string firstLine) => (_process, FirstLine) = (process, firstLine);

    /// <summary>Of its output.</summary>
    public string FirstLine { get; }

    /// <exception cref="StoreMissingException">It ended without a line; the message is the last one of its errors.</exception>
    public static async Task<TiedProcess> StartAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            if (await process.StandardOutput.ReadLineAsync(cancellationToken) is { Length: > 0 } line) return new TiedProcess(process, line);
            throw new StoreMissingException((await errors.WaitAsync(StopTimeout, cancellationToken)).Trim().Split('\n')[^1]);
        }
        catch
        {
            await StopAsync(process);
            throw;
        }
    }

    public ValueTask DisposeAsync() => StopAsync(_process);

    private static async ValueTask StopAsync(Process process)
    {
        try
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync().WaitAsync(StopTimeout);
        }
        catch (Exception failure) when (failure is TimeoutException or IOException)
        {
            // It does not end by itself.
        }

        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
