using System.Diagnostics.Metrics;
using System.Text.Json;
using Platform.Telemetry;

namespace Platform.Api.Admission;

/// <summary>Tells of refusals: each to the metrics, the log of the first, and of how many there were when there have been none for ten seconds.</summary>
internal sealed partial class AdmissionEpisodes : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly Counter<long> _refusals;
    private readonly Meter _meter;
    private readonly TimeProvider _time;
    private readonly ILogger<AdmissionEpisodes> _logger;
    private readonly ITimer _end;
    private long _latest;
    private long _count;
    private int _isOn;

    public AdmissionEpisodes(IMeterFactory meters, TimeProvider time, ILogger<AdmissionEpisodes> logger)
    {
        (_time, _logger) = (time, logger);
        _meter = meters.Create(PlatformMetrics.MeterName);
        _refusals = _meter.CreateCounter<long>("platform.admission.refusals", "{call}", "Calls answered 503 because too many of their class ran or waited, by class and reason.");
        _end = time.CreateTimer(_ => Look(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Observe(IReadOnlyList<(CallClass Class, AdmissionLane Lane)> lanes)
    {
        _meter.CreateObservableUpDownCounter(
            "platform.admission.running", () => lanes.Select(it => new Measurement<int>(it.Lane.Running, ClassTag(it.Class))), "{call}", "Calls that run, by class.");
        _meter.CreateObservableUpDownCounter(
            "platform.admission.waiting", () => lanes.Select(it => new Measurement<int>(it.Lane.Waiting, ClassTag(it.Class))), "{call}", "Calls that wait to run, by class.");
    }

    public void Refused(CallClass @class, AdmissionRefusal reason)
    {
        _refusals.Add(1, ClassTag(@class), new KeyValuePair<string, object?>("reason", Snake(reason.ToString())));
        Volatile.Write(ref _latest, _time.GetTimestamp());
        Interlocked.Increment(ref _count);
        if (Interlocked.Exchange(ref _isOn, 1) == 1) return;
        Begun(_logger, @class);
        _end.Change(Quiet, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _end.Dispose();

    private void Look()
    {
        var left = Quiet - _time.GetElapsedTime(Volatile.Read(ref _latest));
        if (left > TimeSpan.Zero)
        {
            _end.Change(left, Timeout.InfiniteTimeSpan);
            return;
        }

        Ended(_logger, Interlocked.Exchange(ref _count, 0));
        Volatile.Write(ref _isOn, 0);
    }

    private static KeyValuePair<string, object?> ClassTag(CallClass @class) => new("class", Snake(@class.ToString()));

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    [LoggerMessage(EventName = "CallsRefused", Level = LogLevel.Warning, Message = "More calls of class {Class} come than this host can do; those beyond are answered 503. Checks of sessions go on")]
    private static partial void Begun(ILogger logger, CallClass @class);

    [LoggerMessage(EventName = "CallsAdmitted", Level = LogLevel.Information, Message = "All calls are let in again; {Count} were answered 503")]
    private static partial void Ended(ILogger logger, long count);
}
