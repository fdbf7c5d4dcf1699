using System.Diagnostics;

namespace Platform.Api.Tests.Hosting;

/// <summary>Programs that tests run, each with its output.</summary>
internal static class Tool
{
    /// <summary>Fails the test where the program fails.</summary>
    public static async Task<string> RunAsync(ProcessStartInfo info, string? input = null)
    {
        var (code, output, errors) = await TryRunAsync(info, input);
        code.ShouldBe(0, $"{info.FileName} {string.Join(' ', info.ArgumentList)}\n{output}\n{errors}");
        return output;
    }

    public static async Task<(int Code, string Output, string Errors)> TryRunAsync(ProcessStartInfo info, string? input = null)
    {
        info.UseShellExecute = false;
        (info.RedirectStandardInput, info.RedirectStandardOutput, info.RedirectStandardError) = (true, true, true);
        using var process = Process.Start(info)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>The packages of a lock file, unless they are there: npm writes the second file when it is done.</summary>
    public static async Task InstallNodePackagesAsync(string folder)
    {
        var (wanted, installed) = (new FileInfo(Path.Combine(folder, "package-lock.json")), new FileInfo(Path.Combine(folder, "node_modules", ".package-lock.json")));
        if (installed.Exists && installed.LastWriteTimeUtc >= wanted.LastWriteTimeUtc) return;
        await RunAsync(new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]) { WorkingDirectory = folder });
    }
}
