using Orleans.Storage;

namespace Platform.Storage.Postgres;

/// <summary>
/// Stands before Orleans' ADO.NET provider: measures, turns the driver's exceptions into one that crosses a grain call, and refuses what the provider
/// would do wrong in silence.
/// </summary>
internal sealed class PostgresGrainStorage(IGrainStorage inner, StorageTelemetry telemetry) : IGrainStorage
{
    public const string InnerName = "platform-adonet";

    private const string Table = "orleansstorage";

    private static readonly Operation Read = new("read", Table);
    private static readonly Operation Write = new("write", Table);
    private static readonly Operation Clear = new("clear", Table);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        RunAsync(Read, grainId, () => inner.ReadStateAsync(stateName, grainId, grainState, cancellationToken));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        RunAsync(Write, grainId, () => inner.WriteStateAsync(stateName, grainId, grainState, cancellationToken));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        RunAsync(Clear, grainId, async () =>
        {
            if (string.IsNullOrEmpty(grainState.ETag))
            {
                // The provider would read the row and remove what another activation has just written.
                await inner.ReadStateAsync(stateName, grainId, grainState, cancellationToken);
                if (!grainState.RecordExists) return;
                throw new InconsistentStateException($"Another activation was first to write the state '{stateName}' (clear).", "unknown", "none");
            }

            await inner.ClearStateAsync(stateName, grainId, grainState, cancellationToken);
        });

    // The provider reads a bare key as a GUID or a hexadecimal number first, so that "1" and "01" would share a row (threat T47).
    private Task<bool> RunAsync(Operation operation, GrainId grainId, Func<Task> work)
    {
        if (grainId.TryGetGuidKey(out _, out _) || grainId.TryGetIntegerKey(out _, out _))
        {
            throw new NotSupportedException("A stored grain's key must begin with a prefix that is neither a GUID nor a number.");
        }

        return telemetry.RunAsync(PostgresDatabase.SystemName, operation, Translate, async () =>
        {
            if (grainId.Key.AsSpan().Contains((byte)0)) throw new StorageInputException();
            await work();
            return true;
        });
    }

    // What the provider itself throws when a row cannot be read comes from many places; none of it may cross a grain call.
    private static Exception? Translate(Exception exception) =>
        PostgresFailures.Translate(exception)
        ?? (exception is InconsistentStateException or OperationCanceledException or NotSupportedException
            ? null
            : new StorageUnavailableException("A stored state cannot be read or written."));
}
