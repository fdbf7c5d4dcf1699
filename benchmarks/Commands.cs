namespace Platform.Benchmarks;

/// <summary>Runs a command: Ctrl+C ends it in order, wrong usage is a line and code 2.</summary>
internal static class Commands
{
    public static async Task<int> RunAsync(string[] args, Func<CommandLine, CancellationToken, Task<int>> command)
    {
        using var stopping = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stopping.Cancel();
        };
        try
        {
            return await command(new CommandLine(args), stopping.Token);
        }
        catch (UsageException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return 2;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted.");
            return 130;
        }
    }
}
