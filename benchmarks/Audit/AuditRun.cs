using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Platform.Api.Audit;
using Platform.Audit;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;
using Platform.Benchmarks.Scale;

namespace Platform.Benchmarks.Audit;

/// <summary>Appends one by one to one tenant and to a hundred, fills one log, then reads it: pages with each filter, a whole export, a check.</summary>
internal sealed class AuditRun(BenchmarkSilo silo, AuditOptions options, Report report)
{
    private const int Tenants = 100;
    private const int Bulk = 250;
    private const int People = 500;
    private const int PagesEach = 200;

    private readonly TenantId _large = NewTenant();
    private readonly UserId[] _people = [.. Enumerable.Range(0, People).Select(_ => PrefixedId.New<UserId>(TimeProvider.System))];
    private readonly Random _random = new(22);

    private Actor Manager => ActorOf(_large, _people[0]);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var phases = new PhaseTable(report);
        phases.Begin();
        await MeasureAppendsAsync(phases, "Append, one tenant", [NewTenant()], cancellationToken);
        await MeasureAppendsAsync(phases, $"Append, {Tenants} tenants", [.. Enumerable.Range(0, Tenants).Select(_ => NewTenant())], cancellationToken);
        var before = MemoryUse.Take();
        await phases.MeasureAsync("Fill the large log, 250 a call", options.Events, () => FillAsync(cancellationToken), () => Grown(before));
        await MeasurePagesAsync(phases, cancellationToken);
        foreach (var format in (AuditFormat[])[new NdjsonFormat(JsonSerializerOptions.Web), new CsvFormat()])
        {
            before = MemoryUse.Take();
            var (bytes, peak) = (0L, 0L);
            await phases.MeasureAsync($"Export, {format.Extension}", options.Events, async () => (bytes, peak) = await ExportAsync(format, cancellationToken),
                () => $"{Units.Size(bytes)}; resident at most {Units.Size(peak - before.Resident)} above the start");
        }

        await phases.MeasureAsync("Check the chain", options.Events, () => VerifyAsync(cancellationToken));
    }

    private static TenantId NewTenant() => PrefixedId.New<TenantId>(TimeProvider.System);

    private static Actor ActorOf(TenantId tenant, UserId user) =>
        new() { TenantId = tenant, UserId = user, SessionId = SessionId.From(user.Value), Permissions = Permissions.Owner };

    private static string Grown(MemoryUse before)
    {
        var after = MemoryUse.Take();
        return $"heap {Units.Size(after.Heap - before.Heap)}, resident {Units.Size(after.Resident - before.Resident)} more than before";
    }

    private AuditEntry Entry(TenantId tenant, int number)
    {
        var actor = ActorOf(tenant, _people[number % 50]) with { Username = "ana", Client = new("192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0") };
        var action = (number % 10) switch { 0 => AuditActions.UserUpdated, 1 => AuditActions.UserPermissionsSet, < 6 => AuditActions.SessionSignedIn, _ => AuditActions.SessionExpired };
        return AuditEntry.By(actor, action, new AuditParty(AuditParties.User, _people[number * 7 % People].ToString(), "bob")) with
        {
            Outcome = number % 100 == 0 ? AuditOutcome.Failure : AuditOutcome.Success,
            Changes = number % 10 == 0 ? [new AuditChange("/email", "\"a@example.com\"", "\"b@example.com\"")] : [],
        };
    }

    private async Task MeasureAppendsAsync(PhaseTable phases, string phase, TenantId[] tenants, CancellationToken cancellationToken)
    {
        // The first event of each tenant makes its log and its keys.
        foreach (var tenant in tenants) await silo.Grains.AuditLog(tenant).AppendAsync([.. Enumerable.Range(0, 50).Select(i => Entry(tenant, i))], cancellationToken);
        var latency = new LatencyHistogram();
        var next = -1;
        await phases.MeasureAsync(phase, options.Appends, () => Task.WhenAll(Enumerable.Range(0, options.InFlight).Select(_ => Task.Run(WorkAsync, cancellationToken))), latency: latency);

        async Task WorkAsync()
        {
            while (Interlocked.Increment(ref next) is var number && number < options.Appends)
            {
                var tenant = tenants[number % tenants.Length];
                var started = Stopwatch.GetTimestamp();
                await silo.Grains.AuditLog(tenant).AppendAsync([Entry(tenant, number)], cancellationToken);
                latency.RecordShared(LatencyHistogram.ToNanoseconds(Stopwatch.GetTimestamp() - started));
            }
        }
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        for (var made = 0; made < options.Events; made += Bulk)
        {
            await silo.Grains.AuditLog(_large).AppendAsync([.. Enumerable.Range(made, Math.Min(Bulk, options.Events - made)).Select(i => Entry(_large, i))], cancellationToken);
        }
    }

    private async Task MeasurePagesAsync(PhaseTable phases, CancellationToken cancellationToken)
    {
        var oldest = (await ReadAsync(AuditFilter.All, null, cancellationToken)).Items[0].Time;
        var newest = silo.Clock.GetUtcNow();
        DateTimeOffset Some() => oldest + ((newest - oldest) * _random.NextDouble());
        string Person() => _people[_random.Next(50)].ToString();
        (string, Func<AuditFilter>)[] kinds =
        [
            ("newest", () => AuditFilter.All),
            ("before some time", () => new AuditFilter { To = Some() }),
            ("actor, before some time", () => new AuditFilter { Actor = Person(), To = Some() }),
            ("target, after some time", () => new AuditFilter { Target = _people[_random.Next(People)].ToString(), From = Some() }),
            ("action, before some time", () => new AuditFilter { Action = AuditActions.UserPermissionsSet, To = Some() }),
            ("failures, before some time", () => new AuditFilter { Outcome = AuditOutcome.Failure, To = Some() }),
            ("actor and action and failures", () => new AuditFilter { Actor = Person(), Action = AuditActions.UserUpdated, Outcome = AuditOutcome.Failure, To = Some() }),
            ("nothing that is there", () => new AuditFilter { Actor = "usr_nobody" }),
        ];
        foreach (var (name, filter) in kinds)
        {
            var latency = new LatencyHistogram();
            await phases.MeasureAsync($"Page of 50: {name}", PagesEach, async () =>
            {
                for (var i = 0; i < PagesEach; i++)
                {
                    var wanted = filter();
                    var started = Stopwatch.GetTimestamp();
                    var page = await silo.Grains.AuditReader().ListAsync(Manager, _large, wanted, new PageRequest(50, null), cancellationToken);
                    latency.Record(LatencyHistogram.ToNanoseconds(Stopwatch.GetTimestamp() - started));
                    if (page.Value is null) throw new InvalidOperationException(page.Refusal.ToString());
                }
            }, latency: latency);
        }
    }

    private async Task<(long Bytes, long Peak)> ExportAsync(AuditFormat format, CancellationToken cancellationToken)
    {
        var output = new ArrayBufferWriter<byte>(1 << 20);
        var (bytes, peak) = (0L, 0L);
        for (var page = await ReadAsync(AuditFilter.All, null, cancellationToken); ; page = await ReadAsync(AuditFilter.All, page.Next, cancellationToken))
        {
            foreach (var found in page.Items) format.Write(AuditEventBody.Of(found), output);
            bytes += output.WrittenCount;
            output.ResetWrittenCount();
            peak = Math.Max(peak, Environment.WorkingSet);
            if (page.Next is null) return (bytes, peak);
        }
    }

    private async Task<Page<AuditEvent>> ReadAsync(AuditFilter filter, string? after, CancellationToken cancellationToken) =>
        (await silo.Grains.AuditReader().ReadAsync(Manager, _large, filter, after, cancellationToken)).Value ?? throw new InvalidOperationException("Refused.");

    private async Task VerifyAsync(CancellationToken cancellationToken)
    {
        AuditVerification? state = null;
        do state = (await silo.Grains.AuditReader().VerifyAsync(Manager, _large, state, cancellationToken)).Value ?? throw new InvalidOperationException("Refused.");
        while (!state.Finished);
        if (state.FirstInvalid is not null || state.Checked != options.Events)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The log is not good: {state.FirstInvalid} after {state.Checked}."));
        }
    }
}
