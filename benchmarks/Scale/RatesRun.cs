using System.Globalization;
using Platform.Api.Authentication;
using Platform.Api.Tokens;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;
using Platform.Sessions;

namespace Platform.Benchmarks.Scale;

/// <summary>Peek and touch with all sessions in memory, while the writer saves what is touched.</summary>
internal static class RatesRun
{
    public static async Task<List<string[]>> MeasureAsync(
        BenchmarkSilo silo, SessionMaker maker, SessionId[] ids, SessionsOptions options, CancellationToken cancellationToken)
    {
        var key = await silo.Service<TokenKeyRing>().SealingKeyAsync(cancellationToken);
        var expiry = silo.Clock.GetUtcNow() + TimeSpan.FromDays(1);
        var tokens = new ReadOnlyMemory<char>[ids.Length];
        Parallel.For(0, ids.Length, i => tokens[i] = maker.Token(key, ids[i], i, expiry).AsMemory());
        var (live, authenticator, clock) = (silo.Live, silo.Authenticator, silo.Clock);

        var rows = new List<string[]>();
        foreach (var threads in new[] { 1, 2 })
        {
            Measure("Record: peek", i => live.TryGet(ids[i], out var s) && s.Peek(s.Origin.SecretHash.AsSpan(), null, clock.GetUtcNow()) == SessionState.Live);
            Measure("Record: touch", i => live.TryGet(ids[i], out var s) && s.Touch(s.Origin.SecretHash.AsSpan(), null, clock.GetUtcNow()) == SessionState.Live);
            Measure("Authenticator: validate", i => Check(i, SessionCheckMode.Validate));
            Measure("Authenticator: peek with view", i => Check(i, SessionCheckMode.Peek));
            Measure("Authenticator: touch with view", i => Check(i, SessionCheckMode.Touch));

            void Measure(string what, Func<int, bool> call)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var result = HotPath.Measure(threads, options.Time, ids.Length, call);
                var calls = result.Latency.Count;
                var rate = Units.Rate(calls, result.Spent.Elapsed);
                rows.Add(
                [
                    what, Text(threads), rate, Units.Time((long)(result.Spent.Processor.TotalNanoseconds / calls)),
                    .. Report.Percentiles(result.Latency), Text(result.Allocated / calls) + " B",
                ]);
                Console.Error.WriteLine($"{what}, {threads} thread(s): {rate}");
            }
        }

        return rows;

        static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

        // A live session in this process is answered at once: there is nothing to wait for.
        bool Check(int i, SessionCheckMode mode)
        {
            var checking = authenticator.CheckAsync(tokens[i], new SessionCheckRequest(mode, null), CancellationToken.None);
            return checking.IsCompletedSuccessfully && checking.Result.State == SessionState.Live;
        }
    }

    public static void Write(Report report, List<string[]> rows)
    {
        report.Table("Validation in process, sessions in random order", "Call", "Threads", "Rate", "Processor each", "p50", "p90", "p99", "p99.9", "max", "Allocated by the caller");
        foreach (var row in rows) report.Row(row);
    }
}
