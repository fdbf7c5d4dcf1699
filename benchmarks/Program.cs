using BenchmarkDotNet.Running;
using Platform.Benchmarks;
using Platform.Benchmarks.Hosting;

return args switch
{
    ["sessions", .. var rest] => await Commands.RunAsync(rest, Platform.Benchmarks.Scale.SessionsCommand.RunAsync),
    ["audit", .. var rest] => await Commands.RunAsync(rest, Platform.Benchmarks.Audit.AuditCommand.RunAsync),
    ["load", .. var rest] => await Commands.RunAsync(rest, Platform.Benchmarks.Load.LoadCommand.RunAsync),
    _ => BenchmarkSwitcher.FromAssembly(typeof(BenchmarkConfig).Assembly).Run(args, BenchmarkConfig.Create()).Any() ? 0 : 1,
};
