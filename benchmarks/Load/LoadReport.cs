using System.Globalization;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Load;

internal static class LoadReport
{
    public static void Write(Report report, LoadRunResult run)
    {
        var beside = run.BesideSignIns is null ? "" : ", beside sign-ins";
        report.Table(
            run.Rate is { } rate ? $"HTTP/{run.Http}, {Units.Count(rate)} requests per second{beside}" : $"HTTP/{run.Http}, as fast as the answers come{beside}",
            "Call", "Requests", "p50", "p90", "p99", "p99.9", "max", "p50 from sending", "p99 from sending", "Errors");
        foreach (var call in run.Calls) Row(call);
        if (run.Calls.Count > 1) Row(run.All);
        var faults = run.Calls.SelectMany(call => call.Faults.Select(fault => (call.Call, Fault: fault.Key, Count: fault.Value))).ToList();
        if (faults.Count > 0) report.Table("Errors", "Call", "What", "Requests");
        foreach (var (call, fault, count) in faults) report.Row(call, fault, Units.Count(count));
        report.Line(
            $"{(run.Interrupted ? "**Interrupted.** " : "")}{Text(run.Good)} requests per second answered as a live session is{(run.Good < run.Achieved ? $", {Text(run.Achieved)} in all" : "")}, for {run.Seconds.ToString("0.0", CultureInfo.InvariantCulture)} s" +
            $"{(run.Unsent > 0 ? $"; {Units.Count(run.Unsent)} of the plan not sent: {(run.Interrupted ? "it was interrupted" : "the platform was too slow")}" : "")}{(run.Abandoned > 0 ? $"; {Units.Count(run.Abandoned)} were under way when it was interrupted, not counted" : "")}. " +
            $"{Units.Count(run.Sessions)} sessions of {Units.Count(run.Users)} users, mix {run.Mix}, {run.Hosts} host(s), {run.Connections} connections to each{(run.Streams > 1 ? $" with {run.Streams} requests at a time" : "")}. " +
            (run.Rate is null ? "A closed loop: each waits for its answer before it sends again." : "Latencies count from when a request was due; 'from sending' leaves the sender's own delay out."));
        report.Line(Server(run.Server));

        void Row(LoadCallResult call) => report.Row(
            call.Call, Units.Count(call.Count),
            Units.Time(call.FromDue.P50), Units.Time(call.FromDue.P90), Units.Time(call.FromDue.P99), Units.Time(call.FromDue.P999), Units.Time(call.FromDue.Max),
            Units.Time(call.FromSent.P50), Units.Time(call.FromSent.P99),
            call.Failed == 0 ? "0" : $"{Units.Count(call.Failed)} ({((double)call.Failed / call.Count).ToString("P2", CultureInfo.InvariantCulture)})");
    }

    /// <summary>What sign-ins beside it cost.</summary>
    public static void Compare(Report report, LoadRunResult alone, LoadRunResult beside)
    {
        report.Line(
            $"Sign-ins always under way: {beside.BesideSignIns}. Latency from sending, over that without them: " +
            $"p50 {Ratio(latency => latency.P50)}, p90 {Ratio(latency => latency.P90)}, p99 {Ratio(latency => latency.P99)}.");

        string Ratio(Func<LoadLatency, long> value) => (value(beside.All.FromSent) / (double)Math.Max(1, value(alone.All.FromSent))).ToString("0.00", CultureInfo.InvariantCulture);
    }

    private static string Server(LoadServerResult server)
    {
        var load = $"the load itself kept {Number(server.BusyWithLoad)} busy";
        return server.Processor is not { } each
            ? $"The platform's processes are not to be seen from here; {load}."
            : $"The platform: {each.ToString("0.0", CultureInfo.InvariantCulture)} µs of processor time a request" +
              $"{(server.Allocated is { } allocated ? $", {Units.Size((long)Math.Round(allocated))} allocated" : "")}, {Number(server.Busy!.Value)} processors busy" +
              $"{(server.Resident is { } resident ? $", at most {Units.Size(resident)} of memory" : "")}; {load}.";
    }

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Text(double rate) => Units.Count((long)Math.Round(rate));
}
