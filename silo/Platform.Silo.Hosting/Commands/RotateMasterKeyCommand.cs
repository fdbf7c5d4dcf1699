using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Hosting;
using Platform.Hosting.Settings;
using Platform.KeyRotation;
using Platform.Storage;
using Platform.Storage.Beside;

namespace Platform.Silo.Hosting.Commands;

/// <summary>
/// <c>rotate-master-key [--retire-now | --cancel | --status] [settings]</c>: announces a new master key, and waits until the silos that run have taken it over. Where none runs it starts
/// one of its own. It may be killed at any moment: what it has announced goes on with the next silo or the next run.
/// </summary>
internal static class RotateMasterKeyCommand
{
    public const string Name = MasterKeyRotationGrain.Command;

    private const string RetireNow = "--retire-now";
    private const string Cancel = "--cancel";
    private const string Status = "--status";

    private const string Usage =
        """
        Use: rotate-master-key [--retire-now | --cancel | --status] [--Setting=value ...]

        Replaces the master key while the platform runs, or without one: announces the new key, waits until every process
        holds it, and has everything that the old key wraps wrapped again. No session is lost. Run it again after it was
        stopped: it goes on. Both keys are needed until the former one is retired, seven days later, when the last link that
        was sent under it has run out; running silos do that by themselves.

        A key in the data directory is made there. For any other source name the new key: Platform__NextMasterKeyFile,
        Platform__NextMasterKey (environment only) or Platform__NextMasterKeyCommand, here and where the processes find it.

          --retire-now   retires the former key as soon as nothing in the database needs it; links that were sent end
          --cancel       withdraws a rotation whose new key does not wrap anything yet
          --status       says how far the rotation is; changes nothing

        Exit codes: 0 done, or as far as it goes before the former key may be retired; 1 refused or failed.
        """;

    public static Task<int> RunAsync(string[] args, Assembly program, KnownSettings settings, TextWriter output, TextWriter error) => CommandHost.RunAsync(
        Name,
        Usage,
        args,
        () => Build(args, program, settings),
        async (host, stop) =>
        {
            var arguments = host.Services.GetRequiredService<HostArguments>();
            var flags = new[] { RetireNow, Cancel, Status }.Where(arguments.Has).ToArray();
            if (flags.Length > 1) throw new StartupException($"{string.Join(" and ", flags)} do not go together. Name one of them.");
            var rotation = host.Services.GetRequiredService<RotationRun>();
            if (arguments.Has(Status)) return await rotation.ShowAsync(output, stop);
            if (arguments.Has(Cancel)) return await rotation.CancelAsync(output, stop);
            await rotation.AnnounceAsync(arguments.Has(RetireNow), output, stop);
            return await rotation.FollowAsync(() => BuildSilo(args, program, settings), output, stop);
        },
        output,
        error);

    private static IHost Build(string[] args, Assembly program, KnownSettings settings)
    {
        var builder = CommandHost.CreateBuilder(args, program, Syntax(settings));
        builder.Services.AddPlatformOptions();
        builder.AddDatabaseBeside();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<MasterKeyTable>();
        builder.Services.AddSingleton<RotationRun>();
        return builder.Build();
    }

    private static IHost BuildSilo(string[] args, Assembly program, KnownSettings settings)
    {
        var builder = CommandHost.CreateBuilder(args, program, Syntax(settings));
        builder.AddSilo(($"{DatabaseOptions.Section}:{nameof(DatabaseOptions.ApplySchema)}", bool.FalseString));
        return builder.Build();
    }

    private static HostSyntax Syntax(KnownSettings settings) => new(Commands: [], Flags: [RetireNow, Cancel, Status], settings);
}
