using Microsoft.Extensions.Logging;
using Platform.Lifecycle;

namespace Platform.Hosting.Clustering;

/// <summary>
/// Asks the cluster which gateways lead into it, so that an API host turns away from a silo that hangs: its connection stays open, and calls through it would run out of time for ever.
/// </summary>
internal sealed partial class GatewayWatch(IGrainFactory grains, GatewayList list, TimeProvider time, ILogger<GatewayWatch> logger) : PeriodicService(Interval, time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Two questions and their timeout.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(8);

    private long _answeredAt;
    private volatile bool _answered;
    private bool _silent;

    /// <summary>Whether the cluster has answered this host lately.</summary>
    public bool IsAnswering => _answered && Time.GetElapsedTime(Volatile.Read(ref _answeredAt)) < Freshness;

    protected override bool RunsAtStart => true;

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        list.Know(await grains.Gateways().ListAsync(cancellationToken));
        Volatile.Write(ref _answeredAt, Time.GetTimestamp());
        _answered = true;
        if (_silent) Answers(logger);
        _silent = false;
    }

    protected override void LogFailure(Exception failure)
    {
        if (_silent || IsAnswering) return;
        Silent(logger, failure);
        _silent = true;
    }

    [LoggerMessage(EventName = "ClusterSilent", Level = LogLevel.Warning, Message = "No silo answers this host; it answers 503 and keeps trying")]
    private static partial void Silent(ILogger logger, Exception failure);

    [LoggerMessage(EventName = "ClusterAnswers", Level = LogLevel.Information, Message = "The cluster answers this host again")]
    private static partial void Answers(ILogger logger);
}
