using System.Diagnostics;

namespace Platform.Benchmarks.Compare;

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

    /// <summary>Ends its input, waits, and kills what does not end.</summary>
    public static async ValueTask StopAsync(Process process)
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
