using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Security;

namespace Platform.Storage.Backups;

/// <summary>
/// What a backup holds and where it is from. It holds nothing personal: counts, hashes and ids. Its authenticator is made with the master key: whoever alters a byte, or makes a backup
/// of their own, is found out before anything is touched.
/// </summary>
internal sealed record BackupManifest
{
    /// <summary>Of this form.</summary>
    public const int CurrentFormat = 1;

    private const string Purpose = "backup-manifest";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public required int Format { get; init; }

    public required string PlatformVersion { get; init; }

    /// <summary>Kind of the database, see <see cref="IBackupDatabase.Kind"/>.</summary>
    public required string Database { get; init; }

    public required string Environment { get; init; }

    /// <summary>Everything acknowledged before it is in the backup.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>Name of the master key without which nothing in it can be read.</summary>
    public required string MasterKey { get; init; }

    /// <summary>Who can open the archives: fingerprints of OpenPGP keys, or <see cref="BackupRecipients.MasterKey"/>.</summary>
    public required IReadOnlyList<string> Recipients { get; init; }

    public required DatabaseContent Content { get; init; }

    public required IReadOnlyList<BackupArchive> Archives { get; init; }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    public static string Authenticate(ReadOnlySpan<byte> manifest, MasterKeyVersion master) => Convert.ToHexStringLower(HMACSHA256.HashData(master.Derive(Purpose), manifest));

    /// <param name="manifest">The file.</param>
    /// <param name="authenticator">As <see cref="Authenticate"/> made it.</param>
    /// <param name="master">Of the platform that is to be restored.</param>
    /// <exception cref="BackupException">It is not what a platform with this master key wrote.</exception>
    public static BackupManifest Read(ReadOnlySpan<byte> manifest, string authenticator, MasterKey master)
    {
        // Read all the same: which key it wants is worth more to an operator than that this one does not fit.
        var read = TryParse(manifest);
        var version = read is null ? null : master.Versions.Find(read.MasterKey);
        var right = Authenticate(manifest, version ?? master.Current);
        var isGenuine = authenticator.Length == right.Length && CryptographicOperations.FixedTimeEquals(
            System.Text.Encoding.ASCII.GetBytes(authenticator), System.Text.Encoding.ASCII.GetBytes(right));

        if (isGenuine) return read is { Format: CurrentFormat } ? read : throw new BackupException("The backup was made by a newer version of the platform. Restore it with that version.");
        if (read is not null && version is null)
        {
            throw new BackupException(
                $"The backup was made with another master key ({read.MasterKey}; this one is {master.Current.Id}). Put the key of that time in place, or beside this one as retired-<date>-{read.MasterKey}.key: docs/operations/keys-and-backups.md.");
        }

        throw new BackupException("The backup was altered: its manifest does not carry the authenticator that the platform made. Take another copy of it, or another backup.");
    }

    /// <summary>Which master key it asks for; null: it is no manifest. Not vouched for yet.</summary>
    public static string? NameOfKey(ReadOnlySpan<byte> manifest) => TryParse(manifest)?.MasterKey;

    private static BackupManifest? TryParse(ReadOnlySpan<byte> manifest)
    {
        try
        {
            return JsonSerializer.Deserialize<BackupManifest>(manifest, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>An encrypted file of a backup.</summary>
/// <param name="Name">Of the file, in the folder of the backup.</param>
/// <param name="Holds">Name of the file inside.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Of all of them, in lower-case hex.</param>
internal sealed record BackupArchive(string Name, string Holds, long Bytes, string Sha256);

/// <summary>What lay in a database at one moment.</summary>
internal sealed record DatabaseContent
{
    private const string DataKeysTable = "data_keys";

    public required int SchemaVersion { get; init; }

    /// <summary>Rows of each table that is backed up.</summary>
    public required SortedDictionary<string, long> Rows { get; init; }

    /// <summary>The newest event of each access log.</summary>
    public required IReadOnlyList<AccessLogHead> AccessLogs { get; init; }

    /// <summary>Time of the newest event, in ticks.</summary>
    internal const string NewestEvent = "SELECT max(occurred_at) FROM audit_events";

    /// <summary>Finds an event that does not follow from the one before it; the same on both databases.</summary>
    internal const string BrokenLog =
        """
        SELECT later.tenant_id FROM audit_events AS later JOIN audit_events AS earlier ON earlier.tenant_id = later.tenant_id AND earlier.sequence = later.sequence - 1
        WHERE later.previous_hash <> earlier.hash LIMIT 1
        """;

    /// <summary>Holds what was loaded to what this says.</summary>
    /// <param name="loaded">From the archives.</param>
    /// <param name="ofKeys">Of the backup from which the data keys come.</param>
    /// <exception cref="BackupException">Something is missing.</exception>
    public void Require(DatabaseContent loaded, DatabaseContent ofKeys)
    {
        foreach (var (table, rows) in Rows)
        {
            var right = table == DataKeysTable ? ofKeys.Rows[table] : rows;
            if (loaded.Rows.GetValueOrDefault(table, -1) != right) throw new BackupException($"Table {table} should have {right} rows and has {loaded.Rows.GetValueOrDefault(table)}. The backup is damaged; take another one.");
        }

        if (!loaded.AccessLogs.SequenceEqual(AccessLogs)) throw new BackupException("The access logs do not end where the manifest says. The backup is damaged; take another one.");
    }
}

/// <summary>The end of an access log.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Sequence">Of its newest event.</param>
/// <param name="Hash">Of that event, in lower-case hex.</param>
internal sealed record AccessLogHead(string Tenant, long Sequence, string Hash)
{
    /// <summary>From tenant, sequence and hash, in this order.</summary>
    public static AccessLogHead Read(DbDataReader row) => new(row.GetString(0), row.GetInt64(1), Convert.ToHexStringLower(row.GetFieldValue<byte[]>(2)));
}

/// <summary>The access logs of a database that was brought back by other means.</summary>
/// <param name="Newest">Time of the newest event; null: there is none.</param>
/// <param name="Heads">The newest event of each.</param>
internal sealed record RecoveredLogs(DateTimeOffset? Newest, IReadOnlyList<AccessLogHead> Heads);
