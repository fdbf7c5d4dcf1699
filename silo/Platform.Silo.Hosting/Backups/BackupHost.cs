using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Hosting;
using Platform.Hosting.Settings;
using Platform.Storage.Backups;

namespace Platform.Silo.Hosting.Backups;

/// <summary>A host with the settings of the platform and nothing that runs, for the commands of backup and restore.</summary>
internal static class BackupHost
{
    public static HostArguments Read(string[] args, KnownSettings settings, string[] flags, params string[] options) =>
        new(args, new HostSyntax(Commands: [], flags, settings) { Options = options });

    public static HostApplicationBuilder CreateBuilder(HostArguments arguments, TextWriter output, params string[] forced)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            ContentRootPath = AppContext.BaseDirectory,
            Args = [.. arguments.Configuration, "--hostBuilder:reloadConfigOnChange=false", .. forced],
        });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(arguments);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddPlatformOptions();
        builder.Services.AddSingleton(provider => new BackupProgress(output, provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddBackups(builder.Configuration);
        return builder;
    }

    /// <summary>Runs a command until it ends or is interrupted, and tells in one line why it did not succeed.</summary>
    public static async Task<int> RunAsync(TextWriter error, Func<CancellationToken, Task> command)
    {
        using var interrupted = new CancellationTokenSource();
        ConsoleCancelEventHandler stop = (_, pressed) =>
        {
            pressed.Cancel = true;
            interrupted.Cancel();
        };
        Console.CancelKeyPress += stop;
        try
        {
            await command(interrupted.Token);
            return 0;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            await error.WriteLineAsync("Interrupted.");
        }
        catch (Exception failure)
        {
            foreach (var line in HostRun.Explain(failure).Distinct(StringComparer.Ordinal)) await error.WriteLineAsync(line);
        }
        finally
        {
            Console.CancelKeyPress -= stop;
        }

        return 1;
    }
}
