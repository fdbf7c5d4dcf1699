namespace Platform.Silo.Storage;

/// <summary>Whether storage works, for <c>/readyz</c>. An answer is kept for a second and shared, so that polling costs the database nothing.</summary>
public sealed class StorageHealth
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IDatabase _database;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private Task<bool>? _probe;
    private long _probedAt;

    internal StorageHealth(IDatabase database, TimeProvider time, string system)
    {
        _database = database;
        _time = time;
        DatabaseSystem = system;
    }

    /// <summary><c>sqlite</c> or <c>postgresql</c>.</summary>
    public string DatabaseSystem { get; }

    public Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_probe is null || (_probe.IsCompleted && _time.GetElapsedTime(_probedAt) >= KeptFor))
            {
                _probedAt = _time.GetTimestamp();
                _probe = ProbeAsync();
            }

            return _probe.WaitAsync(cancellationToken);
        }
    }

    private async Task<bool> ProbeAsync()
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            return await Task.Run(() => _database.ProbeAsync(patience.Token), CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
