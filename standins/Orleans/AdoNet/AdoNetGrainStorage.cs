using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.AdoNet;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Storage;

/// <summary>State in a relational database, in the rows and by the statements that Orleans uses: each runtime reads what the other wrote.</summary>
public class AdoNetGrainStorage : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    private readonly string _name;
    private readonly string _serviceId;
    private readonly AdoNetGrainStorageOptions _options;
    private readonly AdoNetDatabase _database;

    internal AdoNetGrainStorage(string name, AdoNetGrainStorageOptions options, ClusterOptions cluster)
    {
        (_name, _options, _serviceId) = (name, options, cluster.ServiceId);
        _database = new AdoNetDatabase(options.Invariant, options.ConnectionString, options.DataSource);
    }

    public void Participate(ISiloLifecycle lifecycle)
        => lifecycle.Subscribe($"{nameof(AdoNetGrainStorage)}-{_name}", _options.InitStage, InitializeAsync);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var rows = await _database.QueryAsync(
            "ReadFromStorageKey", command => AddKey(command, stateName, grainId, grainState), static reader => (Payload: Payload(reader), Version: Version(reader, "Version")), cancellationToken);
        var row = rows.SingleOrDefault();
        grainState.State = (row.Payload is null ? default : _options.GrainStorageSerializer.Deserialize<T>(new BinaryData(row.Payload))) ?? StateActivator<T>.Create();
        grainState.ETag = row.Version?.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = row.Payload is not null;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var payload = _options.GrainStorageSerializer.Serialize(grainState.State).ToArray();
        var versions = await _database.QueryAsync(
            "WriteToStorageKey",
            command =>
            {
                AddKey(command, stateName, grainId, grainState);
                command.Add("GrainStateVersion", DbType.Int32, Expected(grainState));
                command.Add("PayloadBinary", DbType.Binary, payload);
            },
            static reader => Version(reader, "NewGrainStateVersion"),
            cancellationToken);
        grainState.ETag = Accepted("WriteState", versions, stateName, grainId, grainState.ETag);
        grainState.RecordExists = true;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        if (!grainState.RecordExists && string.IsNullOrWhiteSpace(grainState.ETag))
        {
            await ReadStateAsync(stateName, grainId, grainState, cancellationToken);
            if (!grainState.RecordExists)
            {
                return;
            }
        }

        var versions = await _database.QueryAsync(
            _options.DeleteStateOnClear ? "DeleteStorageKey" : "ClearStorageKey",
            command =>
            {
                AddKey(command, stateName, grainId, grainState);
                command.Add("GrainStateVersion", DbType.Int32, Expected(grainState));
            },
            static reader => reader.IsDBNull(0) ? (int?)null : Convert.ToInt32(reader.GetValue(0), CultureInfo.InvariantCulture),
            cancellationToken);
        var version = Accepted("ClearState", versions, stateName, grainId, grainState.ETag);
        grainState.ETag = _options.DeleteStateOnClear ? null : version;
        grainState.RecordExists = false;
        grainState.State = StateActivator<T>.Create();
    }

    private static int? Expected<T>(IGrainState<T> state) => string.IsNullOrWhiteSpace(state.ETag) ? null : int.Parse(state.ETag, CultureInfo.InvariantCulture);

    private static byte[]? Payload(DbDataReader reader)
    {
        var column = reader.GetOrdinal("PayloadBinary");
        return reader.IsDBNull(column) ? null : (byte[])reader.GetValue(column);
    }

    private static int? Version(DbDataReader reader, string name)
    {
        var column = reader.GetOrdinal(name);
        return reader.IsDBNull(column) ? null : Convert.ToInt32(reader.GetValue(column), CultureInfo.InvariantCulture);
    }

    private async Task InitializeAsync(CancellationToken token)
    {
        await _database.LoadStatementsAsync(token);
        foreach (var key in new[] { "WriteToStorageKey", "ReadFromStorageKey", "ClearStorageKey" })
        {
            if (!_database.Has(key))
            {
                throw new InvalidOperationException($"Table OrleansQuery has no row {key}: were the persistence scripts run?");
            }
        }

        if (_options.DeleteStateOnClear && !_database.Has("DeleteStorageKey"))
        {
            throw new ArgumentException("DeleteStateOnClear=true is not supported. Use DeleteStateOnClear=false instead or check persistence scripts.");
        }
    }

    private void AddKey<T>(DbCommand command, string stateName, GrainId grainId, IGrainState<T> state)
    {
        if (stateName.Contains('`', StringComparison.Ordinal))
        {
            throw new NotSupportedException($"State name '{stateName}': names of generic types are not supported by the Orleans stand-in.");
        }

        var key = AdoNetGrainKey.Of(grainId);
        var hasher = _options.HashPicker.PickHasher(_serviceId, _name, stateName, grainId, state)!;
        command.Add("GrainIdHash", DbType.Int32, hasher.Hash(key.HashBytes));
        command.Add("GrainIdN0", DbType.Int64, key.N0);
        command.Add("GrainIdN1", DbType.Int64, key.N1);
        command.Add("GrainTypeHash", DbType.Int32, hasher.Hash(Encoding.UTF8.GetBytes(stateName)));
        command.Add("GrainTypeString", DbType.String, stateName);
        command.Add("GrainIdExtensionString", DbType.String, key.Text);
        command.Add("ServiceId", DbType.String, _serviceId);
    }

    /// <summary>A version that did not change means that the row was not the one the grain had read.</summary>
    private string Accepted(string operation, List<int?> versions, string stateName, GrainId grainId, string? expected)
    {
        var version = versions.SingleOrDefault()?.ToString(CultureInfo.InvariantCulture);
        return version is not null && version != expected
            ? version
            : throw new InconsistentStateException(
                $"Version conflict ({operation}): ServiceId={_serviceId} ProviderName={_name} GrainType={stateName} GrainId={grainId} ETag={expected}.");
    }
}

public static class AdoNetGrainStorageFactory
{
    public static AdoNetGrainStorage Create(IServiceProvider services, string name) => new(
        name,
        services.GetRequiredService<IOptionsMonitor<AdoNetGrainStorageOptions>>().Get(name),
        services.GetRequiredService<IOptions<ClusterOptions>>().Value);
}
