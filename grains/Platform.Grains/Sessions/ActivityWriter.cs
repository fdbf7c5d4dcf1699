using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Replicas;
using Platform.Telemetry;

namespace Platform.Sessions;

/// <summary>
/// Writes activity clocks behind: every flush interval, and at once when a session was touched after a long pause, sorted by id, in batches. No request
/// ever waits for it. A crash forgets the touches of the last interval; since those come in quick succession, a session falls back by at most a tenth of its
/// idle timeout (or the few milliseconds in which an urgent touch is being written).
/// </summary>
internal sealed partial class ActivityWriter(
    LiveSessions live,
    SessionTable table,
    IOptions<SessionOptions> options,
    PlatformMetrics metrics,
    TimeProvider time,
    ILogger<ActivityWriter> logger) : BackgroundService
{
    private const int BatchSize = 1000;

    private readonly Channel<Request> _requests = Channel.CreateUnbounded<Request>(new UnboundedChannelOptions { SingleReader = true });

    private readonly record struct Request(SessionActivity? Activity, TaskCompletionSource Saved);

    /// <summary>Saves one clock with the next batch and returns when it is saved (or could not be: then it is forgotten, which ends a session early, never late).</summary>
    public Task SaveAsync(SessionActivity activity, CancellationToken cancellationToken) => RequestAsync(activity, cancellationToken);

    /// <summary>Saves everything touched so far.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) => RequestAsync(null, cancellationToken);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync([], cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await WaitAsync(stoppingToken);
            var requests = new List<Request>();
            while (_requests.Reader.TryRead(out var request)) requests.Add(request);
            await WriteAsync(requests.Where(r => r.Activity is not null).Select(r => r.Activity!.Value), CancellationToken.None);
            foreach (var request in requests) request.Saved.TrySetResult();
        }
    }

    /// <summary>Until the interval is over, a touch is urgent or somebody waits for a save.</summary>
    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var interval = Task.Delay(options.Value.EffectiveFlushInterval, time, woken.Token);
        await Task.WhenAny(interval, _requests.Reader.WaitToReadAsync(woken.Token).AsTask(), live.Urgent.WaitToReadAsync(woken.Token).AsTask());
        live.Urgent.TryRead(out _);
        await woken.CancelAsync();
    }

    private async Task RequestAsync(SessionActivity? activity, CancellationToken cancellationToken)
    {
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (ExecuteTask is { IsCompleted: false } && _requests.Writer.TryWrite(new Request(activity, saved)))
        {
            var stopped = ExecuteTask;
            if (await Task.WhenAny(saved.Task, stopped).WaitAsync(cancellationToken) == saved.Task) return;
        }

        // Stopping: write it here and now.
        await WriteAsync(activity is { } last ? [last] : [], cancellationToken);
    }

    private async Task WriteAsync(IEnumerable<SessionActivity> extra, CancellationToken cancellationToken)
    {
        var taken = new List<LiveSession>();
        var clocks = new Dictionary<SessionId, DateTimeOffset>();
        for (var left = live.Unsaved.Count; left > 0 && live.Unsaved.TryDequeue(out var session); left--)
        {
            if (session.TakeUnsaved() is not { } last) continue;
            taken.Add(session);
            clocks[session.Id] = last;
        }

        foreach (var activity in extra) clocks[activity.Id] = activity.LastActivityAt;
        if (clocks.Count == 0) return;
        try
        {
            // Sorted, so that two writers lock rows in one order.
            var sorted = clocks.Select(c => new SessionActivity(c.Key, c.Value)).OrderBy(a => a.Id.Value).ToArray();
            foreach (var batch in sorted.Chunk(BatchSize)) await table.SaveActivityAsync(batch, cancellationToken);
            metrics.ActivitySaved(sorted.Length);
        }
        catch (Exception failure)
        {
            // Whatever it is: it must not end this service, and with it the process.
            foreach (var session in taken) session.ReturnUnsaved();
            NotSaved(logger, failure, clocks.Count);
        }
    }

    [LoggerMessage(EventName = "ActivityNotSaved", Level = LogLevel.Warning, Message = "Activity of {Count} sessions could not be saved; the next batch tries again")]
    private static partial void NotSaved(ILogger logger, Exception failure, int count);
}
