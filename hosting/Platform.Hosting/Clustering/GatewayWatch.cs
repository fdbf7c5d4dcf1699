using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.Hosting.Clustering;

/// <summary>
/// Asks the cluster which gateways lead into it, so that an API host turns away from a silo that hangs: its connection stays open, and calls through it would run out of time for ever.
/// </summary>
public sealed partial class GatewayWatch : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Two questions and their timeout.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(8);

    private readonly IGrainFactory _grains;
    private readonly GatewayList _list;
    private readonly TimeProvider _time;
    private readonly ILogger<GatewayWatch> _logger;
    private long _answeredAt;
    private volatile bool _answered;
    private bool _silent;

    internal GatewayWatch(IGrainFactory grains, GatewayList list, TimeProvider time, ILogger<GatewayWatch> logger) =>
        (_grains, _list, _time, _logger) = (grains, list, time, logger);

    /// <summary>Whether the cluster has answered this host lately.</summary>
    public bool IsAnswering => _answered && _time.GetElapsedTime(Volatile.Read(ref _answeredAt)) < Freshness;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                _list.Know(await _grains.Gateways().ListAsync(stoppingToken));
                Volatile.Write(ref _answeredAt, _time.GetTimestamp());
                _answered = true;
                if (_silent) Answers(_logger);
                _silent = false;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                if (!_silent && !IsAnswering)
                {
                    Silent(_logger, failure);
                    _silent = true;
                }
            }

            await Task.Delay(Interval, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(EventName = "ClusterSilent", Level = LogLevel.Warning, Message = "No silo answers this host; it answers 503 and goes on trying")]
    private static partial void Silent(ILogger logger, Exception failure);

    [LoggerMessage(EventName = "ClusterAnswers", Level = LogLevel.Information, Message = "The cluster answers this host again")]
    private static partial void Answers(ILogger logger);
}
