using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Compare;

/// <summary>One turn of one server.</summary>
/// <param name="Requests">Answered.</param>
/// <param name="Elapsed">From the first request to the last answer.</param>
/// <param name="Processor">Of the server's process.</param>
/// <param name="Store">Of the store that the server asks.</param>
/// <param name="Allocated">By the server's process, managed.</param>
/// <param name="Bytes">Of all answers, inside TLS.</param>
/// <param name="Latency">From a request to the end of its answer.</param>
internal sealed record Turn(long Requests, TimeSpan Elapsed, TimeSpan Processor, TimeSpan Store, long Allocated, long Bytes, LatencyHistogram Latency)
{
    /// <summary>Microseconds a request.</summary>
    public double ProcessorEach => Processor.TotalMicroseconds / Requests;

    /// <summary>Microseconds a request, the store's included.</summary>
    public double WholeProcessorEach => (Processor + Store).TotalMicroseconds / Requests;

    public double Rate => Requests / Elapsed.TotalSeconds;
}

/// <summary>What one server did with one call; ratios are within a round.</summary>
internal sealed record CompareRow
{
    public required string Server { get; init; }

    public required string Call { get; init; }

    /// <summary>Why it was not measured; null where it was. Then the numbers below are there.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Processor time of the server's process per request ÷ that of the bare server.</summary>
    public Spread? ProcessorToBare { get; init; }

    /// <summary>The same with the store's processor time; null where the server asks none.</summary>
    public Spread? WholeProcessorToBare { get; init; }

    public Spread? RateToBare { get; init; }

    /// <summary>Requests a second ÷ those of the Redis lookup that sends the platform's bytes; null without Redis.</summary>
    public Spread? RateToRedis { get; init; }

    /// <summary>Requests a second ÷ those of the Redis lookup that sends 195 bytes; null without Redis.</summary>
    public Spread? RateToNaiveRedis { get; init; }

    /// <summary>Microseconds a request, median of the rounds.</summary>
    public double Processor { get; init; }

    /// <summary>Requests a second, median of the rounds.</summary>
    public double Rate { get; init; }

    /// <summary>Nanoseconds, over all rounds.</summary>
    public long P50 { get; init; }

    /// <summary>Nanoseconds, over all rounds.</summary>
    public long P99 { get; init; }

    /// <summary>Of an answer.</summary>
    public double Bytes { get; init; }

    /// <summary>Managed, a request.</summary>
    public double Allocated { get; init; }

    /// <param name="server">In the tables.</param>
    /// <param name="call">In the tables.</param>
    /// <param name="turns">One a round, as the other lists.</param>
    /// <param name="bare">Of the bare server with the same call.</param>
    /// <param name="redis">Null without Redis.</param>
    /// <param name="naive">Null without Redis.</param>
    public static CompareRow From(
        string server, string call, IReadOnlyList<Turn> turns, IReadOnlyList<Turn> bare, IReadOnlyList<Turn>? redis = null, IReadOnlyList<Turn>? naive = null)
    {
        var latency = new LatencyHistogram();
        foreach (var turn in turns) latency.Add(turn.Latency);
        var requests = turns.Sum(turn => turn.Requests);
        return new CompareRow
        {
            Server = server,
            Call = call,
            ProcessorToBare = Ratio(turn => turn.ProcessorEach, bare),
            WholeProcessorToBare = turns.Any(turn => turn.Store > TimeSpan.Zero) ? Ratio(turn => turn.WholeProcessorEach, bare) : null,
            RateToBare = Ratio(turn => turn.Rate, bare),
            RateToRedis = redis is null ? null : Ratio(turn => turn.Rate, redis),
            RateToNaiveRedis = naive is null ? null : Ratio(turn => turn.Rate, naive),
            Processor = Spread.Of(turns.Select(turn => turn.ProcessorEach)).Median,
            Rate = Spread.Of(turns.Select(turn => turn.Rate)).Median,
            P50 = latency.Percentile(50),
            P99 = latency.Percentile(99),
            Bytes = turns.Sum(turn => turn.Bytes) / (double)requests,
            Allocated = turns.Sum(turn => turn.Allocated) / (double)requests,
        };

        Spread Ratio(Func<Turn, double> value, IReadOnlyList<Turn> other) => Spread.Of(turns.Zip(other, (own, its) => value(own) / value(its)));
    }
}

/// <summary>The whole comparison, as <c>--json</c> writes it.</summary>
internal sealed record CompareResult
{
    public required string Day { get; init; }

    public required int Processors { get; init; }

    public required string DotNet { get; init; }

    /// <summary>Load average over one minute; null where the system does not tell.</summary>
    public double? LoadAtStart { get; init; }

    public double? LoadAtEnd { get; init; }

    public required int Connections { get; init; }

    public required int Rounds { get; init; }

    public required double SecondsATurn { get; init; }

    public required IReadOnlyList<CompareRow> Rows { get; init; }
}
