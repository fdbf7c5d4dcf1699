using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Platform.Hosting.MasterKeys;
using Platform.Security;
using Platform.Storage.Backups;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Backups;

/// <summary>A small SQLite database, backups of it, and folders into which they are restored.</summary>
internal sealed class SampleBackup : IDisposable
{
    public const string Canary = "canary-7f3a9b";

    private readonly TempFolder _folder = new();

    public MasterKey Master { get; } = new(RandomNumberGenerator.GetBytes(32));

    /// <summary>A manifest and two archives.</summary>
    public string Folder { get; private set; } = "";

    public string PathOf(string name) => Path.Combine(_folder.Path, name);

    /// <param name="recipients">File with their public keys; null: the master key opens it.</param>
    /// <param name="fill">Puts more into the database.</param>
    public static async Task<SampleBackup> MakeAsync(string? recipients = null, Func<IDatabase, MasterKey, Task>? fill = null)
    {
        var sample = new SampleBackup();
        using (var database = await TestDatabase.OpenAsync(sample.PathOf("data")))
        {
            await database.WriteAsync(
                new Operation("write", "data_keys"),
                new Statement("INSERT INTO data_keys (subject_id, wrapped) VALUES (@id, @key)", ("@id", Canary), ("@key", RandomNumberGenerator.GetBytes(60))),
                default);
            await database.WriteAsync(
                new Operation("write", "scenarios"),
                new Statement(
                    "INSERT INTO scenarios (id, tenant_id, name, kind, status, version, created_at, updated_at) VALUES ('scn_1', 'ten_1', @name, 1, 1, 1, 1, 1)",
                    ("@name", Canary)),
                default);

            if (fill is not null) await fill(database, sample.Master);

            // While it is open, as beside a platform that runs.
            sample.Folder = (await sample.RunOf("data", recipients: recipients).MakeAsync(sample.PathOf("backups"), new BackupPace(0, TimeProvider.System), default)).Path;
        }

        return sample;
    }

    public BackupRun RunOf(string data, string? recipients = null, BackupProgress? progress = null)
    {
        var platform = Options.Create(new PlatformOptions { DataDirectory = PathOf(data) });
        progress ??= Progress();
        return new BackupRun(new SqliteBackup(platform, progress), Master, platform, Options.Create(new BackupOptions { Recipients = recipients }), progress, TimeProvider.System);
    }

    /// <param name="into">Name of a data directory.</param>
    /// <param name="identity">Null: the master key.</param>
    /// <param name="master">Null: that of the backup.</param>
    /// <param name="environment">Of the settings.</param>
    public async Task<BackupManifest> RestoreAsync(string into, BackupIdentity? identity = null, MasterKey? master = null, string environment = "development")
    {
        var platform = Options.Create(new PlatformOptions { DataDirectory = PathOf(into), Environment = environment });
        await using var database = new SqliteBackup(platform, Progress());
        var run = new RestoreRun(database, master ?? Master, new OtherMasterKeys(platform.Value), platform, Progress());
        return (await run.RestoreAsync(Folder, dataKeysFrom: null, identity, accepted: _ => { }, default)).Manifest;
    }

    /// <summary>As the silo does that made it.</summary>
    public async Task VerifyAsync(BackupProgress? progress = null)
    {
        progress ??= Progress();
        await using var database = new SqliteBackup(Options.Create(new PlatformOptions { DataDirectory = PathOf("data") }), progress);
        await new BackupVerification(database, Master, progress).VerifyAsync(Folder, default);
    }

    public void Dispose()
    {
        Master.Dispose();
        _folder.Dispose();
    }

    private static BackupProgress Progress() => new(TextWriter.Null, TimeProvider.System);
}
