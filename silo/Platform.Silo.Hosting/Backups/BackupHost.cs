using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Hosting;
using Platform.Hosting.Settings;
using Platform.Silo.Hosting.Commands;
using Platform.Storage.Backups;

namespace Platform.Silo.Hosting.Backups;

/// <summary>The host of the commands of backup and restore.</summary>
internal static class BackupHost
{
    public static HostApplicationBuilder CreateBuilder(string[] args, Assembly program, HostSyntax syntax, TextWriter output)
    {
        var builder = CommandHost.CreateBuilder(args, program, syntax);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddPlatformOptions();
        builder.Services.AddSingleton(provider => new BackupProgress(output, provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddBackups(builder.Configuration);
        return builder;
    }
}
