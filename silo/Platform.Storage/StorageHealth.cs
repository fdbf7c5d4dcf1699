using Platform.Hosting;

namespace Platform.Storage;

/// <summary>Whether storage works, for <c>/readyz</c>.</summary>
internal sealed class StorageHealth
{
    private readonly SharedProbe _probe;

    internal StorageHealth(IDatabase database, TimeProvider time, string system)
    {
        _probe = new SharedProbe(database.ProbeAsync, time);
        DatabaseSystem = system;
    }

    /// <summary><c>sqlite</c> or <c>postgresql</c>.</summary>
    public string DatabaseSystem { get; }

    public Task<bool> IsHealthyAsync(CancellationToken cancellationToken) => _probe.IsHealthyAsync(cancellationToken);
}
