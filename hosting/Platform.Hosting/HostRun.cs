using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Hosting.Settings;

namespace Platform.Hosting;

/// <summary>Runs a host of the platform, or says in a few lines why it cannot: everything that is wrong with the settings at once, no stack trace.</summary>
public static partial class HostRun
{
    /// <param name="build">Makes the host.</param>
    /// <param name="error">Writer for failures: the error stream, except in tests.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Func<IHost> build, TextWriter? error = null)
    {
        error ??= Console.Error;
        try
        {
            FatalShutdown? end;
            var host = build();
            try
            {
                end = host.Services.GetService<FatalShutdown>();
                await StartAsync(host);
                await host.WaitForShutdownAsync();
            }
            finally
            {
                if (host is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync();
                else host.Dispose();
            }

            return end is { Happened: true } ? 1 : 0;
        }
        catch (Exception failure)
        {
            return await ReportAsync("The platform cannot run:", failure, error);
        }
    }

    /// <summary>Runs a command that does something with the platform's data and ends, or says in a few lines why it cannot. Who asks for its help starts nothing.</summary>
    /// <param name="name">Of the command.</param>
    /// <param name="usage">Its help.</param>
    /// <param name="args">Behind the command's name.</param>
    /// <param name="command">Returns its exit code.</param>
    /// <param name="output">Writer for the help.</param>
    /// <param name="error">Writer for failures.</param>
    public static async Task<int> RunCommandAsync(string name, string usage, string[] args, Func<Task<int>> command, TextWriter output, TextWriter error)
    {
        if (HelpText.IsHelp(args))
        {
            await output.WriteLineAsync(usage);
            return 0;
        }

        try
        {
            return await command();
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync($"{name} was stopped.");
            return 1;
        }
        catch (Exception failure)
        {
            return await ReportAsync($"{name} cannot run:", failure, error);
        }
    }

    /// <summary>Does something while the host runs, and stops it whatever comes of it.</summary>
    public static async Task<T> WithAsync<T>(IHost host, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await StartAsync(host, cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            await StopAsync(host);
        }
    }

    /// <summary>Checks all settings before anything is started or written.</summary>
    public static void Validate(IHost host)
    {
        var faults = host.Services.GetRequiredService<HostArguments>().Faults(host.Services.GetRequiredService<IConfiguration>()).ToList();
        var unknown = faults.Count == 0 ? null : new OptionsValidationException(nameof(HostArguments), typeof(HostArguments), faults);
        try
        {
            host.Services.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (Exception failure) when (unknown is not null)
        {
            throw new AggregateException(unknown, failure);
        }

        if (unknown is not null) throw unknown;
    }

    /// <summary>Stops in order whatever was started before the failure.</summary>
    private static async Task StartAsync(IHost host, CancellationToken cancellationToken = default)
    {
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch
        {
            await StopAsync(host);
            throw;
        }
    }

    /// <summary>Reports why the start failed, not that parts which never ran cannot be stopped.</summary>
    private static async Task StopAsync(IHost host)
    {
        try
        {
            await host.StopAsync();
        }
        catch (Exception failure)
        {
            LogNotStopped(host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(HostRun)), failure.Message);
        }
    }

    private static async Task<int> ReportAsync(string heading, Exception failure, TextWriter error)
    {
        await error.WriteLineAsync(heading);
        foreach (var line in Explain(failure).Distinct(StringComparer.Ordinal)) await error.WriteLineAsync($" - {line}");
        return 1;
    }

    private static IEnumerable<string> Explain(Exception failure) => failure switch
    {
        OptionsValidationException invalid => invalid.Failures,
        AggregateException many => many.InnerExceptions.SelectMany(Explain),
        { InnerException: AddressInUseException } => [$"{failure.Message} Stop what uses the address, or set ASPNETCORE_URLS."],
        // What the binder says names the value, the setting and the type; its cause only repeats the value.
        InvalidOperationException { InnerException: FormatException or ArgumentException } => [failure.Message],
        { InnerException: { } inner } when failure is InvalidOperationException or IOException => [failure.Message, inner.Message],
        _ => [failure.Message],
    };

    [LoggerMessage(1, LogLevel.Debug, "Not everything could be stopped after the failed start: {Reason}", EventName = "NotStopped")]
    private static partial void LogNotStopped(ILogger logger, string reason);
}
