using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Platform.Hosting;
using Platform.Hosting.MasterKeys;
using Platform.KeyRotation;
using Platform.Security;
using Platform.State;

namespace Platform.Storage;

/// <summary>
/// What is made at the first start and never again: the master key, the index key, token keys, signing keys, data keys. A process that finds data without one of them must not start: it
/// would make a new one, with which nothing that is there can be opened or checked (threat T77).
/// </summary>
internal sealed partial class KnownSecrets(
    IDatabase database, IOpenableDatabase tables, MasterKey master, HeldMasterKeys held, MasterKeyTable keys, IMasterKeySource source, DatabaseIdentity identity, SealedDataHealth canary, ILogger<KnownSecrets> logger)
{
    private const string Backups = "See docs/operations/keys-and-backups.md.";

    private static readonly Operation Query = new("query", "secrets");
    private static readonly Operation Write = new("write", "secrets");

    /// <summary>Keys that grains make and keep in their state, wrapped by the master key.</summary>
    private static readonly (string State, string Name)[] KeysOfGrains = [(StateNames.KeyRing, "token keys"), (StateNames.AuditSigning, "signing keys of the access log")];

    /// <summary>Once the database is open and this process' own, before anything reads or writes it. Saves a new master key where the database is empty.</summary>
    /// <exception cref="StartupException">Something is missing; the process must not start.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            var known = await KnownAsync(cancellationToken);
            await CheckMasterKeyAsync(known, cancellationToken);
            await OpenKeysAsync(known, cancellationToken);
            await CheckDataKeysAsync(cancellationToken);
            foreach (var (state, name) in KeysOfGrains) await CheckStateAsync(state, name, known.ContainsKey(state), cancellationToken);
            if (!known.ContainsKey(SealedDataHealth.Name)) await canary.EnsureAsync(cancellationToken);
        }
        catch (StorageUnavailableException unusable)
        {
            throw new StartupException($"The database cannot be checked for its keys: {unusable.Message} Where a table is missing or damaged, restore the database whole. {Backups}", unusable);
        }
    }

    private async Task CheckMasterKeyAsync(Dictionary<string, byte[]> known, CancellationToken cancellationToken)
    {
        identity.Require(known);
        if (!known.ContainsKey(DatabaseIdentity.MasterKeyName))
        {
            if (await HoldsDataAsync(cancellationToken))
            {
                throw new StartupException(
                    $"The database holds data, but no record of its master key (table secrets): it was restored in part, or made by a version that was never released. Restore it whole, with the master key {source.Place}. {Backups}");
            }

            Save();
            await AddAsync(DatabaseIdentity.MasterKeyName, master.Fingerprint(), cancellationToken);
        }

        if (!known.ContainsKey(DatabaseIdentity.EnvironmentName)) await AddAsync(DatabaseIdentity.EnvironmentName, identity.Environment, cancellationToken);

        // Of processes that start at once on an empty database, one has named key and environment.
        identity.Require(await KnownAsync(cancellationToken));
    }

    private void Save()
    {
        try
        {
            master.Save();
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The master key {source.Place} cannot be written: {unusable.Message}", unusable);
        }
    }

    /// <summary>
    /// All keys that the rotation of the master key asks for, and the index key. A database from before there was one gets what follows from its only master key, which is what its indexes
    /// were made with.
    /// </summary>
    private async Task OpenKeysAsync(Dictionary<string, byte[]> known, CancellationToken cancellationToken)
    {
        if (!known.ContainsKey(MasterKeyTable.IndexKeyName))
        {
            if (known.ContainsKey(MasterKeyTable.RotationName)) throw new StartupException($"The database has lost its index key (row {MasterKeyTable.IndexKeyName} of table secrets). Restore it whole from your backup. {Backups}");
            // The key of the database, which need not be the one that this process has opened first.
            var only = known.TryGetValue(MasterKeyTable.CurrentName, out var fingerprint) ? master.Versions.Find(fingerprint)! : master.Current;
            await AddAsync(MasterKeyTable.IndexKeyName, IndexKey.Of(only).WrapBy(only, named: false), cancellationToken);
        }

        var secrets = await keys.ReadAsync(cancellationToken);
        try
        {
            if (held.Follow(secrets.ToOrders()) is { } missing && (missing.IsCurrent || secrets.Rotation?.Step >= MasterKeyRotationStep.Held))
            {
                throw new StartupException(
                    $"The master key is being rotated, and this process lacks key {missing.Id}: both are needed until the former one is retired. Put it where the process looks for it: {held.PlaceOf(missing.Id)}. {Backups}");
            }
        }
        catch (CryptographicException altered)
        {
            throw new StartupException($"The master key does not open the index key (row {MasterKeyTable.IndexKeyName} of table secrets): it was altered. Restore that row from your backup. {Backups}", altered);
        }

        if (secrets.Rotation is { Step: MasterKeyRotationStep.Retired } done) held.TidyUp(done.Next, done.Former, done.RetiredAt ?? done.AnnouncedAt);
        LogOpened(master.Current.Id, source.Place);
    }

    /// <summary>Users made after the last copy of the table may lack theirs; without any, nobody can sign in.</summary>
    private async Task CheckDataKeysAsync(CancellationToken cancellationToken)
    {
        if (!await AnyAsync(SealedDataHealth.NobodysKeys, cancellationToken)) return;
        throw new StartupException($"The database holds users, but none of their data keys (table data_keys): nobody could sign in. Restore that table from your newest copy. {Backups}");
    }

    private async Task CheckStateAsync(string state, string name, bool isKnown, CancellationToken cancellationToken)
    {
        var isThere = await AnyAsync(tables.StateOfName, cancellationToken, ("@name", state));
        if (isKnown && !isThere) throw new StartupException($"The database has lost its {name} (state {state}). Restore it whole from your backup. {Backups}");
        if (isThere && !isKnown) await AddAsync(state, [], cancellationToken);
    }

    private Task<bool> HoldsDataAsync(CancellationToken cancellationToken) =>
        AnyAsync("SELECT 1 WHERE EXISTS (SELECT 1 FROM tenants) OR EXISTS (SELECT 1 FROM users) OR EXISTS (SELECT 1 FROM data_keys)", cancellationToken);

    private async Task<bool> AnyAsync(string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters) =>
        (await database.ReadAsync(Query, new Statement(sql, parameters), _ => true, cancellationToken)).Count > 0;

    private async Task<Dictionary<string, byte[]>> KnownAsync(CancellationToken cancellationToken) =>
        (await database.ReadAsync(Query, new Statement(DatabaseIdentity.Select), row => (Name: row.GetString(0), Fingerprint: row.GetFieldValue<byte[]>(1)), cancellationToken))
        .ToDictionary(row => row.Name, row => row.Fingerprint, StringComparer.Ordinal);

    private Task<int> AddAsync(string name, byte[] fingerprint, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        new Statement("INSERT INTO secrets (name, fingerprint) VALUES (@name, @fingerprint) ON CONFLICT (name) DO NOTHING", ("@name", name), ("@fingerprint", fingerprint)),
        cancellationToken);

    [LoggerMessage(EventName = "MasterKeyOpened", Level = LogLevel.Information, Message = "The master key is {Key}, {Place}. Write its name on your copies")]
    private partial void LogOpened(string key, string place);
}
