using System.CommandLine;
using BenchmarkDotNet.Running;
using Platform.Benchmarks;
using Platform.Benchmarks.Audit;
using Platform.Benchmarks.Backups;
using Platform.Benchmarks.Compare;
using Platform.Benchmarks.Compare.Servers;
using Platform.Benchmarks.FirstLooks;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Load;
using Platform.Benchmarks.Overload;
using Platform.Benchmarks.Pages;
using Platform.Benchmarks.Scale;

var root = new RootCommand("Measurements of the platform. What is none of these commands goes to BenchmarkDotNet: --filter '*SessionValidation*', --list flat.")
{
    SessionsCommand.Create(),
    AuditCommand.Create(),
    BackupsCommand.Create(),
    LoadCommand.Create(),
    OverloadCommand.Create(),
    CheckSender.Create(),
    PagesCommand.Create(),
    FirstLooksCommand.Create(),
    LookSilo.Create(),
    CompareCommand.Create(),
    ServerProgram.Create(),
};
var isOurs = args is [] or ["--help" or "-h" or "-?" or "--version", ..] || root.Subcommands.Any(command => command.Name == args[0]);
return isOurs ? await Commands.InvokeAsync(root, args) : BenchmarkSwitcher.FromAssembly(typeof(BenchmarkConfig).Assembly).Run(BenchmarkConfig.Complete(args), BenchmarkConfig.Create(args)).Any() ? 0 : 1;
