using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Platform.Security;

namespace Platform.Storage;

/// <summary>
/// Proves for <c>/readyz</c> that what is sealed opens: a canary in table <c>secrets</c>, under a data key of its own, which lies wrapped by the master key in table
/// <c>data_keys</c> beside those of all users. It is opened from the tables every 30 seconds, past all that the process remembers.
/// </summary>
internal sealed partial class SealedDataHealth(IDatabase database, MasterKey master, TimeProvider time, ILogger<SealedDataHealth> logger)
{
    /// <summary>In place of a user in <c>data_keys</c>, and its name in <c>secrets</c>. No id is like it.</summary>
    public const string Name = "canary";

    /// <summary>A row where there are users and no key of anybody; that of the canary is nobody's. It looks at one row of each table, however many there are.</summary>
    internal const string NobodysKeys = $"SELECT 1 WHERE EXISTS (SELECT 1 FROM users) AND NOT EXISTS (SELECT 1 FROM data_keys WHERE subject_id <> '{Name}')";

    private const string Restore = "Restore that table from your newest copy (docs/operations/keys-and-backups.md).";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private static readonly byte[] Text = "What is sealed opens."u8.ToArray();
    private static readonly byte[] Context = "secrets/canary"u8.ToArray();

    private static readonly Operation Query = new("query", "secrets");
    private static readonly Operation Write = new("write", "secrets");

    private readonly Lock _gate = new();
    private Task<string?>? _check;
    private DateTimeOffset _checkedAt;
    private volatile string? _fault;

    /// <summary>Where the database has none yet: of processes that start at once, the key and the canary of one count.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await database.WriteAsync(
            Write,
            new Statement(
                "INSERT INTO data_keys (subject_id, wrapped) VALUES (@subject, @wrapped) ON CONFLICT (subject_id) DO NOTHING",
                ("@subject", Name),
                ("@wrapped", master.WrapNewKey(DataKeys.PurposeOf(Name)).ToArray())),
            cancellationToken);
        if (OpenKey(await KeyAsync(cancellationToken)) is not { } key) return;
        using var aes = new AesGcm(key, SealedBytes.TagSize);
        await database.WriteAsync(
            Write,
            new Statement(
                "INSERT INTO secrets (name, fingerprint) VALUES (@name, @sealed) ON CONFLICT (name) DO NOTHING", ("@name", Name), ("@sealed", SealedBytes.Seal(aes, Text, Context))),
            cancellationToken);
    }

    /// <summary>What does not open and what to restore, in a sentence without secrets; null: all is well. While the database is away, as it was before.</summary>
    public Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            // In either direction: a clock that is set back does not put the next look off.
            if (_check is null || (_check.IsCompleted && (now - _checkedAt).Duration() >= Interval)) (_checkedAt, _check) = (now, CheckAsync());
            return _check.WaitAsync(cancellationToken);
        }
    }

    private async Task<string?> CheckAsync()
    {
        using var timeout = new CancellationTokenSource(Timeout, TimeProvider.System);
        try
        {
            var fault = await Task.Run(() => LookAsync(timeout.Token), CancellationToken.None).WaitAsync(timeout.Token);
            if (fault is not null && fault != _fault) LogUnreadable(fault);
            if (fault is null && _fault is not null) LogReadable();
            _fault = fault;
        }
        catch (Exception away) when (away is StorageUnavailableException or OperationCanceledException)
        {
            // The check of the storage says so.
        }

        return _fault;
    }

    private async Task<string?> LookAsync(CancellationToken cancellationToken)
    {
        if ((await database.ReadAsync(Query, new Statement(NobodysKeys), _ => true, cancellationToken)).Count > 0)
        {
            return $"The database holds users, but none of their data keys (table data_keys): nobody can sign in. {Restore}";
        }

        var wrapped = await KeyAsync(cancellationToken);
        if (wrapped is null) return $"Table data_keys has lost rows: that of the canary is missing. {Restore}";
        if (OpenKey(wrapped) is not { } key) return $"The master key does not open table data_keys: another key wrapped its rows, or they were altered. {Restore}";
        var canary = await database.ReadAsync(Query, new Statement("SELECT fingerprint FROM secrets WHERE name = @name", ("@name", Name)), row => row.GetFieldValue<byte[]>(0), cancellationToken);
        return canary is [var stored] && IsCanary(stored, key) ? null : $"The canary in table secrets is missing or was not sealed under its key in table data_keys: the two do not belong together. {Restore}";
    }

    private async Task<byte[]?> KeyAsync(CancellationToken cancellationToken) =>
        (await database.ReadAsync(Query, new Statement("SELECT wrapped FROM data_keys WHERE subject_id = @subject", ("@subject", Name)), row => row.GetFieldValue<byte[]>(0), cancellationToken)).SingleOrDefault();

    private byte[]? OpenKey(byte[]? wrapped)
    {
        try
        {
            return wrapped is null ? null : master.Unwrap(wrapped, DataKeys.PurposeOf(Name));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static bool IsCanary(byte[] stored, byte[] key)
    {
        if (stored.Length < SealedBytes.Overhead) return false;
        try
        {
            using var aes = new AesGcm(key, SealedBytes.TagSize);
            return SealedBytes.Open(aes, stored, Context).AsSpan().SequenceEqual(Text);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    [LoggerMessage(EventName = "SealedDataUnreadable", Level = LogLevel.Critical, Message = "{Fault} Until then /readyz answers 503")]
    private partial void LogUnreadable(string fault);

    [LoggerMessage(EventName = "SealedDataReadable", Level = LogLevel.Information, Message = "What is sealed opens again; /readyz answers 200")]
    private partial void LogReadable();
}
