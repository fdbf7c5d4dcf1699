using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Load;

/// <summary>The whole measurement, as <c>load.json</c> has it. Latencies are nanoseconds.</summary>
internal sealed record LoadResult
{
    public required string Day { get; init; }

    public required int Processors { get; init; }

    public required string DotNet { get; init; }

    /// <summary>What the grains run on, and what it was built from.</summary>
    public required string Platform { get; init; }

    /// <summary>Load average over one minute; null where the system does not tell.</summary>
    public double? LoadAtStart { get; init; }

    public double? LoadAtEnd { get; init; }

    public required IReadOnlyList<LoadRunResult> Runs { get; init; }
}

/// <summary>One version of HTTP, alone or beside sign-ins.</summary>
internal sealed record LoadRunResult
{
    /// <summary>In names of files.</summary>
    public required string Name { get; init; }

    public required string Http { get; init; }

    public required int Hosts { get; init; }

    /// <summary>To each host.</summary>
    public required int Connections { get; init; }

    /// <summary>At a time on each connection.</summary>
    public required int Streams { get; init; }

    public required int Sessions { get; init; }

    public required int Users { get; init; }

    public required string Mix { get; init; }

    /// <summary>Requests per second that were due; null in a closed loop.</summary>
    public int? Rate { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Answered or failed, per second.</summary>
    public required double Achieved { get; init; }

    /// <summary>Answered as a live session is, per second.</summary>
    public required double Good { get; init; }

    public required long Unsent { get; init; }

    /// <summary>Under way when somebody interrupted.</summary>
    public required long Abandoned { get; init; }

    public required bool Interrupted { get; init; }

    public required IReadOnlyList<LoadCallResult> Calls { get; init; }

    /// <summary>All calls of the mix.</summary>
    public required LoadCallResult All { get; init; }

    public required LoadServerResult Server { get; init; }

    /// <summary>Sign-ins that were always under way beside it: what they were answered.</summary>
    public string? BesideSignIns { get; init; }

    public required IReadOnlyList<LoadPoint> Timeline { get; init; }

    public bool Clean => Unsent == 0 && Calls.All(call => call.Failed == 0);

    /// <param name="name">In names of files.</param>
    /// <param name="version">Of HTTP.</param>
    /// <param name="options">Of the call.</param>
    /// <param name="sessions">That it was spread over.</param>
    /// <param name="hosts">How many.</param>
    /// <param name="run">Ended.</param>
    /// <param name="server">What it took.</param>
    public static LoadRunResult From(string name, Version version, LoadOptions options, LoadSessions sessions, int hosts, LoadRun run, LoadServerResult server)
    {
        var total = run.Total();
        var failed = LoadCall.OfMixes.Sum(call => run.Outcomes[call].Failed);
        var (connections, streams) = options.Lanes(version);
        return new LoadRunResult
        {
            Name = name,
            Http = LoadOptions.Text(version),
            Hosts = hosts,
            Connections = connections,
            Streams = streams,
            Sessions = sessions.Tokens.Count,
            Users = sessions.Users.Count,
            Mix = options.Mix.Text,
            Rate = options.Closed ? null : options.Rate,
            Seconds = Math.Round(run.Elapsed.TotalSeconds, 3),
            Achieved = Math.Round(total.Count / run.Elapsed.TotalSeconds, 1),
            Good = Math.Round((total.Count - failed) / run.Elapsed.TotalSeconds, 1),
            Unsent = run.Unsent,
            Abandoned = run.Abandoned,
            Interrupted = run.Interrupted,
            Calls = [.. LoadCall.All.Where(call => run.Outcomes[call].Count > 0).Select(call => LoadCallResult.From(call.Name, run.Outcomes[call], run.Outcomes[call].Failed))],
            All = LoadCallResult.From("all", total, failed),
            Server = server,
            Timeline = run.Timeline.Points,
        };
    }
}

internal sealed record LoadCallResult(string Call, long Count, long Failed, IReadOnlyDictionary<string, long> Faults, LoadLatency FromDue, LoadLatency FromSent)
{
    public static LoadCallResult From(string name, LoadOutcomes outcomes, long failed) =>
        new(name, outcomes.Count, failed, outcomes.Faults, LoadLatency.From(outcomes.FromDue), LoadLatency.From(outcomes.FromSent));
}

/// <param name="P50">Nanoseconds.</param>
/// <param name="P90">Nanoseconds.</param>
/// <param name="P99">Nanoseconds.</param>
/// <param name="P999">Nanoseconds.</param>
/// <param name="Max">Nanoseconds.</param>
/// <param name="Curve">Percentiles that lie evenly on a logarithmic axis, with their latency.</param>
internal sealed record LoadLatency(long P50, long P90, long P99, long P999, long Max, IReadOnlyList<LoadPercentile> Curve)
{
    /// <summary>From one to the next the part that is slower shrinks to so much.</summary>
    private const double Step = 0.7943282347242815;

    public static LoadLatency From(LatencyHistogram latency)
    {
        var curve = new List<LoadPercentile>();
        for (var slower = 1.0; slower * latency.Count >= 1; slower *= Step)
        {
            var percent = (1 - slower) * 100;
            curve.Add(new LoadPercentile(Math.Round(percent, 5), latency.Percentile(percent)));
        }

        // The slowest of all stands at the end.
        if (latency.Count > 0) curve.Add(new LoadPercentile(Math.Round((1 - (0.75 / latency.Count)) * 100, 5), latency.Max));

        return new LoadLatency(latency.Percentile(50), latency.Percentile(90), latency.Percentile(99), latency.Percentile(99.9), latency.Max, curve);
    }
}

/// <param name="Percent">So many were as fast or faster.</param>
/// <param name="Latency">Nanoseconds.</param>
internal sealed record LoadPercentile(double Percent, long Latency);

/// <summary>What the platform's processes took for the requests that were answered, and the load's own.</summary>
internal sealed record LoadServerResult
{
    /// <summary>Microseconds of processor time a request; null where the processes are not to be seen.</summary>
    public double? Processor { get; init; }

    /// <summary>Managed bytes a request; null where only the processes could tell.</summary>
    public double? Allocated { get; init; }

    /// <summary>Processors that it kept busy.</summary>
    public double? Busy { get; init; }

    /// <summary>Bytes of memory at most.</summary>
    public long? Resident { get; init; }

    /// <summary>Processors that the load itself kept busy.</summary>
    public required double BusyWithLoad { get; init; }

    public static LoadServerResult From(PlatformUsage? before, PlatformUsage? after, long? resident, TimeSpan load, TimeSpan elapsed, long requests)
    {
        var used = before is null || after is null ? (TimeSpan?)null : after.Processor - before.Processor;
        return new LoadServerResult
        {
            Processor = used is null || requests == 0 ? null : Math.Round(used.Value.TotalMicroseconds / requests, 2),
            Allocated = before?.Allocated is { } from && after?.Allocated is { } to && requests > 0 ? Math.Round((to - from) / (double)requests, 1) : null,
            Busy = used is null ? null : Math.Round(used.Value / elapsed, 2),
            Resident = resident,
            BusyWithLoad = Math.Round(load / elapsed, 2),
        };
    }
}
