using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Platform.Hosting;

/// <summary>How every process of the platform logs.</summary>
public static class HostLogs
{
    /// <summary>To the error stream: the output stream is for the first start's messages to its operator, which no log contains.</summary>
    public static void AddPlatformLogs(this IHostApplicationBuilder builder)
    {
        var phase = new StartPhase();
        builder.Services.AddSingleton<IHostedService>(phase);

        // In place of the console's own, which the default builder has added: of two with one name the first counts.
        builder.Services.RemoveAll<ConsoleFormatter>();
        builder.Services.AddSingleton<ConsoleFormatter>(services => new LogLine(LogLine.Text, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<ConsoleFormatter>(services => new LogLine(LogLine.Json, services.GetRequiredService<TimeProvider>()));
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.PostConfigure<ConsoleLoggerOptions>(console => console.FormatterName ??= LogLine.Text);

        // Lines of others from warnings on; settings (Logging__LogLevel__*) come after these and win. A call to a silo that stops, or is gone, fails to its caller, who tells of it or tries again;
        // Orleans' messaging and the library that retries its placement would add an error with a stack trace for each call, hundreds in a rolling restart.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData =
            [
                new("Logging:LogLevel:Default", nameof(LogLevel.Warning)),
                new("Logging:LogLevel:Platform", nameof(LogLevel.Information)),
                new("Logging:LogLevel:Orleans.Messaging", nameof(LogLevel.Critical)),
                new("Logging:LogLevel:Polly", nameof(LogLevel.Critical)),
            ],
        });

        // The framework's line per request costs the hot path, and repeats the query, where people put what does not belong there.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        // At its first tick this one compares with a time that was never set, and reports a deadlock as old as the machine's uptime.
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);

        // HostRun reports a failed start once and plainly; the host and the server would add stack traces.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => phase.Started && level >= LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => phase.Started && level >= LogLevel.Warning);
    }

    private sealed class StartPhase : HostedLifecycleService
    {
        public bool Started { get; private set; }

        public override Task StartedAsync(CancellationToken cancellationToken)
        {
            Started = true;
            return Task.CompletedTask;
        }
    }
}
