using System.Collections.Immutable;
using System.Text.Json;
using Platform.Security;
using Platform.Storage;

namespace Platform.KeyRotation;

/// <summary>What table <c>secrets</c> says of the master key.</summary>
/// <param name="Current">Fingerprint of the key that wraps.</param>
/// <param name="IndexKey">Wrapped.</param>
/// <param name="Rotation">The last one, whether or not it is under way; null: there has been none.</param>
/// <param name="Stored">The last one as it was read.</param>
internal sealed record MasterKeySecrets(byte[] Current, byte[] IndexKey, MasterKeyRotation? Rotation, byte[]? Stored)
{
    public MasterKeyOrders ToOrders() => new()
    {
        Step = Rotation?.Step ?? MasterKeyRotationStep.None,
        Current = [.. Current],
        Other = Rotation is { IsUnderWay: true } rotation ? [.. rotation.Next.AsSpan().SequenceEqual(Current) ? rotation.Former : rotation.Next] : [],
        IndexKey = [.. IndexKey],
    };
}

/// <param name="Process">Name of a silo, or of a host.</param>
/// <param name="IsSilo">Otherwise a host without a database.</param>
/// <param name="Keys">Ids of those that it holds.</param>
/// <param name="Current">Id of the one with which it wraps.</param>
/// <param name="SeenAt">When it has said so last.</param>
internal sealed record HolderRow(string Process, bool IsSilo, ImmutableArray<string> Keys, string Current, DateTimeOffset SeenAt);

/// <summary>The rows of the master key in table <c>secrets</c>, and the table of processes with the keys that each holds.</summary>
internal sealed class MasterKeyTable(IDatabase database)
{
    public const string CurrentName = "master_key";
    public const string IndexKeyName = "index_key";
    public const string RotationName = "master_key_rotation";

    private const string Table = "secrets";
    private const string Holders = "master_key_holders";

    private static readonly Operation Query = new("query", Table);
    private static readonly Operation Write = new("write", Table);
    private static readonly Operation QueryHolders = new("query", Holders);
    private static readonly Operation WriteHolders = new("write", Holders);

    /// <exception cref="StorageUnavailableException">Among others: a row is missing or was altered.</exception>
    public async Task<MasterKeySecrets> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = (await database.ReadAsync(
            Query,
            new Statement($"SELECT name, fingerprint FROM secrets WHERE name IN ('{CurrentName}', '{IndexKeyName}', '{RotationName}')"),
            row => (Name: row.GetString(0), Value: row.GetFieldValue<byte[]>(1)),
            cancellationToken)).ToDictionary(row => row.Name, row => row.Value, StringComparer.Ordinal);
        if (!rows.TryGetValue(CurrentName, out var current) || !rows.TryGetValue(IndexKeyName, out var index)) throw new StorageUnavailableException("Table secrets has lost a row of the master key.");
        var stored = rows.GetValueOrDefault(RotationName);
        try
        {
            return new MasterKeySecrets(current, index, stored is null ? null : MasterKeyRotation.Parse(stored), stored);
        }
        catch (JsonException altered)
        {
            throw new StorageUnavailableException($"Row {RotationName} of table secrets cannot be read.", altered);
        }
    }

    /// <summary>False: another one has written meanwhile, and nothing is changed.</summary>
    /// <param name="known">As it was read.</param>
    /// <param name="next">How it goes on.</param>
    public async Task<bool> TrySaveAsync(MasterKeySecrets known, MasterKeyRotation next, CancellationToken cancellationToken) =>
        await database.WriteAsync(Write, Saving(known, next.ToBytes()), cancellationToken) == 1;

    /// <summary>Makes the new key the current one, and wraps the index key with it, at once.</summary>
    /// <inheritdoc cref="TrySaveAsync"/>
    public async Task<bool> TrySwitchAsync(MasterKeySecrets known, MasterKeyRotation next, byte[] indexKey, CancellationToken cancellationToken)
    {
        var stored = next.ToBytes();
        return await database.WriteAsync(Write, [Saving(known, stored), SettingIf(stored, CurrentName, next.Next), SettingIf(stored, IndexKeyName, indexKey)], Durability.Durable, cancellationToken) == 3;
    }

    public Task ReportAsync(HolderRow holder, CancellationToken cancellationToken) => database.WriteAsync(
        WriteHolders,
        new Statement(
            $"""
            INSERT INTO {Holders} (process, is_silo, key_ids, current_key, seen_at) VALUES (@process, @silo, @keys, @current, @seen)
            ON CONFLICT (process) DO UPDATE SET is_silo = excluded.is_silo, key_ids = excluded.key_ids, current_key = excluded.current_key, seen_at = excluded.seen_at
            """,
            ("@process", holder.Process),
            ("@silo", holder.IsSilo ? 1L : 0L),
            ("@keys", string.Join(' ', holder.Keys)),
            ("@current", holder.Current),
            ("@seen", Columns.Ticks(holder.SeenAt))),
        cancellationToken);

    public async Task<IReadOnlyList<HolderRow>> HoldersAsync(CancellationToken cancellationToken) => await database.ReadAsync(
        QueryHolders,
        new Statement($"SELECT process, is_silo, key_ids, current_key, seen_at FROM {Holders}"),
        row => new HolderRow(row.GetString(0), row.GetInt64(1) != 0, [.. row.GetString(2).Split(' ', StringSplitOptions.RemoveEmptyEntries)], row.GetString(3), row.Time(4)),
        cancellationToken);

    public Task ForgetHoldersAsync(CancellationToken cancellationToken) => database.WriteAsync(WriteHolders, new Statement($"DELETE FROM {Holders}"), cancellationToken);

    private static Statement Saving(MasterKeySecrets known, byte[] next) => known.Stored is { } stored
        ? new Statement("UPDATE secrets SET fingerprint = @next WHERE name = @name AND fingerprint = @known", ("@next", next), ("@name", RotationName), ("@known", stored))
        : new Statement("INSERT INTO secrets (name, fingerprint) VALUES (@name, @next) ON CONFLICT (name) DO NOTHING", ("@name", RotationName), ("@next", next));

    private static Statement SettingIf(byte[] stored, string name, byte[] value) => new(
        "UPDATE secrets SET fingerprint = @value WHERE name = @name AND EXISTS (SELECT 1 FROM secrets WHERE name = @rotation AND fingerprint = @stored)",
        ("@value", value),
        ("@name", name),
        ("@rotation", RotationName),
        ("@stored", stored));
}
