using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Platform.Benchmarks.Compare;

namespace Platform.Benchmarks.Hosting;

/// <summary>This program again in a process of its own, so that its processor time is not that of whoever asks it: a question a line, and an answer to each (<see cref="AnsweringProcess"/>). It ends with this one.</summary>
internal sealed class AskedProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _name;

    private AskedProcess(Process process, string name) => (_process, _name) = (process, name);

    public int Id => _process.Id;

    /// <param name="command">Hidden command of this program.</param>
    /// <param name="name">As errors call it.</param>
    public static AskedProcess Start(string command, string name)
    {
        // Started as such, or by the dotnet command.
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        start.ArgumentList.Add(command);
        return new AskedProcess(Process.Start(start)!, name);
    }

    /// <exception cref="InvalidOperationException">It did not answer in time, or has ended.</exception>
    public async Task<T> AskAsync<T>(string question, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await _process.StandardInput.WriteLineAsync(question.AsMemory(), limit.Token);
            await _process.StandardInput.FlushAsync(limit.Token);
            while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.StartsWith(AnsweringProcess.Mark, StringComparison.Ordinal)) return JsonSerializer.Deserialize<T>(line.AsSpan(AnsweringProcess.Mark.Length))!;
                await Console.Error.WriteLineAsync(line);
            }
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"The {_name} did not answer within {timeout.TotalSeconds} s.", late);
        }
        catch (IOException)
        {
            // It has ended; said below.
        }

        throw new InvalidOperationException($"The {_name} has ended.");
    }

    public ValueTask DisposeAsync() => TiedProcess.StopAsync(_process);
}
