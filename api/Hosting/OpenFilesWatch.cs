using Platform.Lifecycle;

namespace Platform.Api.Hosting;

/// <summary>Warns once when four fifths of the file descriptors are in use, and again only after it was less than seven tenths.</summary>
internal sealed partial class OpenFilesWatch(OpenFiles files, TimeProvider time, ILogger<OpenFilesWatch> logger) : PeriodicService(Interval, time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private const double Many = 0.8;
    private const double FewAgain = 0.7;

    private bool _isLogged;

    /// <summary>One round.</summary>
    public Task CheckAsync()
    {
        if (files is not { Limit: { } limit } || files.Count() is not { } count) return Task.CompletedTask;
        if (!_isLogged && count > limit * Many)
        {
            _isLogged = true;
            NearLimit(count, limit);
        }
        else if (_isLogged && count < limit * FewAgain)
        {
            _isLogged = false;
            BelowLimit(count, limit);
        }

        return Task.CompletedTask;
    }

    protected override Task RunAsync(CancellationToken cancellationToken) => CheckAsync();

    protected override void LogFailure(Exception failure) => NotCounted(failure);

    [LoggerMessage(EventName = "OpenFilesNearLimit", Level = LogLevel.Warning,
        Message = "{Count} of {Limit} file descriptors are in use. Raise the limit (ulimit -n, LimitNOFILE) or add hosts; beyond Platform:Limits:MaxConnections clients are refused")]
    private partial void NearLimit(int count, int limit);

    [LoggerMessage(EventName = "OpenFilesBelowLimit", Level = LogLevel.Information, Message = "Only {Count} of {Limit} file descriptors are in use again")]
    private partial void BelowLimit(int count, int limit);

    [LoggerMessage(EventName = "OpenFilesNotCounted", Level = LogLevel.Warning, Message = "The file descriptors in use could not be counted; the next round tries again")]
    private partial void NotCounted(Exception failure);
}
