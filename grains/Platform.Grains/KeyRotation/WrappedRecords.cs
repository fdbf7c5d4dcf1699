using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Idempotency;
using Platform.Internal;
using Platform.Security;
using Platform.Storage;

namespace Platform.KeyRotation;

/// <summary>Wraps by the current master key what the former one wrapped, page by page: data keys, token keys, signing keys, the second factors of users.</summary>
internal sealed partial class WrappedRecords(
    IDatabase database, IGrainFactory grains, MasterKey master, IOptions<PlatformOptions> options, ILogger<WrappedRecords> logger)
{
    private const int KeysAtOnce = 500;
    private const int UsersAtOnce = 100;
    private const int Parallelism = 8;

    private const string DataKeysPart = "data keys ";
    private const string GrainKeysPart = "token and signing keys ";
    private const string UsersPart = "second factors ";

    private static readonly Operation Query = new("query", "data_keys");
    private static readonly Operation Write = new("write", "data_keys");
    private static readonly Operation QueryUsers = new("query", "users");
    private static readonly Operation Purge = new("clear", "secrets");

    private string Environment => options.Value.Environment;

    /// <summary>One page.</summary>
    /// <param name="cursor">Where the last one ended; empty at the beginning.</param>
    /// <param name="cancellationToken">Ends it; the same page again changes nothing that was done.</param>
    /// <returns>Where to go on; null: all is done.</returns>
    public async Task<string?> ContinueAsync(string cursor, CancellationToken cancellationToken)
    {
        if (cursor.StartsWith(UsersPart, StringComparison.Ordinal)) return await RewrapUsersAsync(cursor[UsersPart.Length..], cancellationToken);
        if (cursor.StartsWith(GrainKeysPart, StringComparison.Ordinal))
        {
            await grains.WrappedTokenKeys(Environment).RewrapAsync(cancellationToken);
            await grains.AuditSigning(Environment).RewrapAsync(cancellationToken);
            return UsersPart;
        }

        return await RewrapDataKeysAsync(cursor.StartsWith(DataKeysPart, StringComparison.Ordinal) ? cursor[DataKeysPart.Length..] : "", cancellationToken);
    }

    /// <summary>After a restore of data and data keys from two sides of a rotation: all data keys come under the key of the data.</summary>
    /// <param name="of">The key that wrapped them.</param>
    /// <param name="cancellationToken">May be done again.</param>
    public async Task RewrapAllDataKeysAsync(MasterKeyVersion of, CancellationToken cancellationToken)
    {
        master.Add(of);
        var cursor = DataKeysPart;
        while (cursor.StartsWith(DataKeysPart, StringComparison.Ordinal)) cursor = await RewrapDataKeysAsync(cursor[DataKeysPart.Length..], cancellationToken);
    }

    /// <summary>What the former key wrapped and nobody wraps again ends: answers kept for a repeated call, which are withheld from then on, counts and messages about names that nobody has.</summary>
    /// <param name="wrappedBefore">When the last process had begun to wrap with the new key.</param>
    /// <param name="cancellationToken">Leaves it as it was.</param>
    public Task PurgeAsync(DateTimeOffset wrappedBefore, CancellationToken cancellationToken)
    {
        byte[] byCurrent = [PersonalData.UnderMasterKey, .. master.Current.Name];
        return database.WriteAsync(
            Purge,
            [
                new Statement(
                    "UPDATE idempotency_keys SET body = @nothing WHERE status IS NOT NULL AND expires_at < @before",
                    ("@nothing", Array.Empty<byte>()),
                    ("@before", Columns.Ticks(wrappedBefore + IdempotencyKeyTable.Retention))),
                new Statement("DELETE FROM sign_in_throttles WHERE substr(state, 1, 1) = @kind AND substr(state, 1, 6) <> @current", ("@kind", byCurrent[..1]), ("@current", byCurrent)),
                new Statement("DELETE FROM notification_outbox WHERE substr(sealed, 1, 1) = @kind AND substr(sealed, 1, 6) <> @current", ("@kind", byCurrent[..1]), ("@current", byCurrent)),
            ],
            Durability.Durable,
            cancellationToken);
    }

    // On condition that the row is as it was read: a key that is destroyed meanwhile stays destroyed.
    private async Task<string> RewrapDataKeysAsync(string after, CancellationToken cancellationToken)
    {
        var page = await database.ReadAsync(
            Query,
            new Statement("SELECT subject_id, wrapped FROM data_keys WHERE subject_id > @after ORDER BY subject_id LIMIT @limit", ("@after", after), ("@limit", (long)KeysAtOnce)),
            row => (Subject: row.GetString(0), Wrapped: row.GetFieldValue<byte[]>(1)),
            cancellationToken);
        var updates = page.Where(row => row.Wrapped.Length > 0 && !master.IsByCurrent(row.Wrapped))
            .Select(row => (row.Subject, row.Wrapped, Again: TryRewrap(row.Subject, row.Wrapped)))
            .Where(row => row.Again is not null)
            .Select(row => new Statement(
                "UPDATE data_keys SET wrapped = @again WHERE subject_id = @subject AND wrapped = @wrapped", ("@again", row.Again), ("@subject", row.Subject), ("@wrapped", row.Wrapped)))
            .ToArray();
        if (updates.Length > 0) await database.WriteAsync(Write, updates, Durability.Durable, cancellationToken);
        return page.Count < KeysAtOnce ? GrainKeysPart : DataKeysPart + page[^1].Subject;
    }

    /// <summary>Null: no key that is held opens it. Nobody could read it before, and nothing is lost by going on.</summary>
    private byte[]? TryRewrap(string subject, byte[] wrapped)
    {
        try
        {
            return [.. master.Rewrap(wrapped, DataKeys.PurposeOf(subject))];
        }
        catch (CryptographicException)
        {
            Unreadable(logger);
            return null;
        }
    }

    private async Task<string?> RewrapUsersAsync(string after, CancellationToken cancellationToken)
    {
        var page = await database.ReadAsync(
            QueryUsers,
            new Statement("SELECT id FROM users WHERE id > @after ORDER BY id LIMIT @limit", ("@after", after), ("@limit", (long)UsersAtOnce)),
            row => row.Id<UserId>(0),
            cancellationToken);
        await Parallel.ForEachAsync(
            page,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken, TaskScheduler = TaskScheduler.Current },
            async (user, ending) => await grains.UserInternal(user).RewrapSecretsAsync(ending));
        return page.Count < UsersAtOnce ? null : UsersPart + page[^1];
    }

    [LoggerMessage(EventName = "DataKeyNotRewrapped", Level = LogLevel.Error,
        Message = "A row of data_keys opens under no master key of this process and was left as it is: it was altered. Restore it from a backup")]
    private static partial void Unreadable(ILogger logger);
}
