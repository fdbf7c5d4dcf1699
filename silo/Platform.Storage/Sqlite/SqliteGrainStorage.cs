using System.Globalization;
using Orleans.Storage;

namespace Platform.Storage.Sqlite;

/// <summary>
/// Grain state in rows keyed by state name and grain key as printed: no two keys meet in a row (threat T47). The etag is the row's version; every write
/// names the version that it follows, so of two writers one fails. Clearing removes the row, and the etag with it.
/// </summary>
internal sealed class SqliteGrainStorage(IDatabase database, IGrainStorageSerializer serializer, TimeProvider time) : IGrainStorage
{
    private const string Table = "grain_state";
    private const string Key = "state_name = @state AND grain_key = @key";

    private static readonly Operation Read = new("read", Table);
    private static readonly Operation Write = new("write", Table);
    private static readonly Operation Clear = new("clear", Table);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            Read,
            new Statement($"SELECT version, payload FROM {Table} WHERE {Key}", ("@state", stateName), ("@key", grainId.Key.ToString())),
            row => (Version: row.GetInt64(0), Payload: row.GetFieldValue<byte[]>(1)),
            cancellationToken);
        if (rows.Count == 0)
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = (EmptyState.Create<T>(), null, false);
            return;
        }

        try
        {
            grainState.State = serializer.Deserialize<T>(new BinaryData(rows[0].Payload));
        }
        catch (UnreadableStateException)
        {
            throw Unreadable(stateName);
        }

        grainState.ETag = Print(rows[0].Version);
        grainState.RecordExists = true;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var payload = serializer.Serialize(grainState.State).ToArray();
        var key = grainId.Key.ToString();
        var now = time.GetUtcNow().UtcTicks;
        var known = Parse(grainState.ETag);
        var statement = known is { } version
            ? new Statement(
                $"UPDATE {Table} SET version = version + 1, payload = @payload, modified_at = @now WHERE {Key} AND version = @version",
                ("@payload", payload), ("@now", now), ("@state", stateName), ("@key", key), ("@version", version))
            : new Statement(
                $"""
                INSERT INTO {Table} (state_name, grain_key, version, payload, modified_at) VALUES (@state, @key, 1, @payload, @now)
                ON CONFLICT DO NOTHING
                """,
                ("@state", stateName), ("@key", key), ("@payload", payload), ("@now", now));
        if (await database.WriteAsync(Write, statement, cancellationToken) == 0) throw Conflict("write", stateName, grainState.ETag);
        grainState.ETag = Print((known ?? 0) + 1);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var key = grainId.Key.ToString();
        if (Parse(grainState.ETag) is { } version)
        {
            var statement = new Statement(
                $"DELETE FROM {Table} WHERE {Key} AND version = @version",
                ("@state", stateName), ("@key", key), ("@version", version));
            if (await database.WriteAsync(Clear, statement, cancellationToken) == 0) throw Conflict("clear", stateName, grainState.ETag);
        }
        else
        {
            var statement = new Statement($"SELECT 1 FROM {Table} WHERE {Key}", ("@state", stateName), ("@key", key));
            var rows = await database.ReadAsync(Read, statement, row => row.GetInt64(0), cancellationToken);
            if (rows.Count > 0) throw Conflict("clear", stateName, null);
        }

        (grainState.State, grainState.ETag, grainState.RecordExists) = (EmptyState.Create<T>(), null, false);
    }

    private static string Print(long version) => version.ToString(CultureInfo.InvariantCulture);

    private static long? Parse(string? etag) =>
        string.IsNullOrEmpty(etag) ? null : long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;

    // Without the cause, which does not cross a grain call; it is in the log.
    private static StorageUnavailableException Unreadable(string stateName) => new($"A stored '{stateName}' cannot be read.");

    private static InconsistentStateException Conflict(string operation, string stateName, string? etag) =>
        new($"Another activation was first to write the state '{stateName}' ({operation}).", "unknown", etag ?? "none");
}
