namespace Platform.Api.Hosting;

internal static class StartUp
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
}
