namespace Platform.Hosting;

/// <summary>An answer of a health check, kept for a second and shared by all who ask meanwhile: a flood of anonymous calls costs one probe a second.</summary>
internal sealed class SharedProbe(Func<CancellationToken, Task<bool>> probe, TimeProvider time)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Task<bool>? _probe;
    private long _probedAt;

    public Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_probe is null || (_probe.IsCompleted && time.GetElapsedTime(_probedAt) >= KeptFor))
            {
                _probedAt = time.GetTimestamp();
                _probe = ProbeAsync();
            }

            return _probe.WaitAsync(cancellationToken);
        }
    }

    private async Task<bool> ProbeAsync()
    {
        using var timeout = new CancellationTokenSource(Timeout, TimeProvider.System);
        try
        {
            return await Task.Run(() => probe(timeout.Token), CancellationToken.None).WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
