using System.Diagnostics;

namespace Platform.Testing.Processes;

public sealed record BashResult(int ExitCode, string Output, string Errors)
{
    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Errors}";
}

/// <summary>What a person types into a shell.</summary>
public static class Bash
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    public static Process Start(string script, params string[] arguments) =>
        Process.Start(new ProcessStartInfo("bash", ["-c", script, "bash", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("bash does not start.");

    public static async Task<BashResult> RunAsync(string script, params string[] arguments)
    {
        using var process = Start(script, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(Timeout, TimeProvider.System);
        await process.WaitForExitAsync(timeout.Token);
        return new BashResult(process.ExitCode, await output, await errors);
    }
}
