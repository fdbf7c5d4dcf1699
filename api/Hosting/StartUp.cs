using Microsoft.AspNetCore.Connections;

namespace Platform.Api.Hosting;

/// <summary>Starts the host, or says in a few lines why it cannot: everything that is wrong with the settings at once, no stack trace.</summary>
internal static partial class StartUp
{
    public const string DemoSetting = "demo";

    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(StartUp).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            Args = [.. args.Select(arg => arg == "--demo" ? $"--{DemoSetting}=true" : arg), "--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Logging.ClearProviders();
        return builder;
    }

    /// <param name="build">Makes the host.</param>
    /// <param name="error">Where failures are told; the error stream, except in tests.</param>
    public static async Task<int> RunAsync(Func<WebApplication> build, TextWriter? error = null)
    {
        error ??= Console.Error;
        try
        {
            await using var app = build();
            await StartAsync(app);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception failure)
        {
            await error.WriteLineAsync("The platform cannot run:");
            foreach (var line in Explain(failure).Distinct(StringComparer.Ordinal)) await error.WriteLineAsync($" - {line}");
            return 1;
        }
    }

    /// <summary>What was started before something failed is stopped in order.</summary>
    private static async Task StartAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await StopAsync(app);
            throw;
        }
    }

    /// <summary>Why the start failed is told, not what cannot be stopped because it never ran.</summary>
    private static async Task StopAsync(WebApplication app)
    {
        try
        {
            await app.StopAsync();
        }
        catch (Exception failure)
        {
            LogNotStopped(app.Logger, failure.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "Not everything could be stopped after the failed start: {Reason}", EventName = "NotStopped")]
    private static partial void LogNotStopped(ILogger logger, string reason);

    /// <summary>Checks all settings before anything is started or written.</summary>
    public static void Validate(WebApplication app) => app.Services.GetRequiredService<IStartupValidator>().Validate();

    internal static IEnumerable<string> Explain(Exception failure) => failure switch
    {
        OptionsValidationException invalid => invalid.Failures,
        AggregateException many => many.InnerExceptions.SelectMany(Explain),
        { InnerException: AddressInUseException } => [$"{failure.Message} Stop what uses the address, or set ASPNETCORE_URLS."],
        // What the binder says names the value, the setting and the type; its cause only repeats the value.
        InvalidOperationException { InnerException: FormatException or ArgumentException } => [failure.Message],
        { InnerException: { } inner } when failure is InvalidOperationException or IOException => [failure.Message, inner.Message],
        _ => [failure.Message],
    };
}
