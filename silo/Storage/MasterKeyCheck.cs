using System.Security.Cryptography;
using Platform.Security;

namespace Platform.Silo.Storage;

/// <summary>
/// Compares the master key with the database before anything else starts. A database that has data is never used with another key, and a key that this start made for lack of
/// one is taken away again: beside an old database it would only hide that the right one is missing (fault F21).
/// </summary>
internal sealed class MasterKeyCheck(IDatabase database, MasterKey master)
{
    private static readonly Operation AnyKey = new("query", "data_keys");
    private static readonly Operation AnyTenant = new("query", "tenants");

    /// <exception cref="StorageSetupException">The key is not the one that the database was written with, or the data keys are missing.</exception>
    public async Task DemandAsync(CancellationToken cancellationToken)
    {
        var keys = await database.ReadAsync(
            AnyKey,
            new Statement("SELECT subject_id, wrapped FROM data_keys WHERE length(wrapped) > 0 LIMIT 1"),
            row => new DataKeyRow(row.GetString(0), [.. row.GetFieldValue<byte[]>(1)]),
            cancellationToken);
        if (keys is [var key])
        {
            if (!DataKeys.CanUnwrap(key, master)) throw Refuse();
            return;
        }

        var tenants = await database.ReadAsync(AnyTenant, new Statement("SELECT id FROM tenants LIMIT 1"), row => row.GetString(0), cancellationToken);
        if (tenants.Count == 0) return;
        if (master.MadeFile is not null) throw Refuse();
        throw new StorageSetupException(
            "The database holds tenants but not one data key, so nothing that belongs to a person can be read. Restore the data keys (table data_keys) from their own backup, then start again.");
    }

    public static StorageSetupException Missing(string file) => new(
        $"The database has data, but its master key is missing: there was no file {file}. Restore that file from the backup of keys, then start again. No new key was kept in its place.");

    private StorageSetupException Refuse()
    {
        if (master.MadeFile is { } made)
        {
            File.Delete(made);
            return Missing(made);
        }

        return new StorageSetupException(
            "The database was written with another master key. Restore the key file that belongs to it (keys/master.key in the data directory, or Platform:MasterKeyFile), then start again.");
    }
}
