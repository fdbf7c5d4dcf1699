using Platform.Audit;
using Platform.Hosting;

namespace Platform.Api.Tests.Security;

/// <summary>Beside a database that has data no key is ever made: the start is refused with what to do, and leaves nothing behind.</summary>
public sealed class KnownSecretsTests : IAsyncLifetime
{
    private readonly PlatformHost _host = new();

    private string KeyPath => Path.Combine(_host.Folder, "keys", "master.key");

    public async ValueTask InitializeAsync()
    {
        await _host.StartedAsync();
        // The signing keys of the access log are made at the first look.
        await _host.Grains.AuditSigning("development").GetAsync(default);
        await _host.RestartAsync();
        await _host.DisposeStartedAsync();
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    [Trait("Threat", "T77")]
    public async Task Start_MasterKeyMissing_IsRefusedAndNoKeyIsMade()
    {
        var key = await File.ReadAllBytesAsync(KeyPath);
        Directory.Delete(Path.GetDirectoryName(KeyPath)!, recursive: true);
        var before = Files();

        (await RefusedAsync()).ShouldContain($"The master key {KeyPath} is missing");
        Files().ShouldBe(before);

        Directory.CreateDirectory(Path.GetDirectoryName(KeyPath)!);
        await File.WriteAllBytesAsync(KeyPath, key);
        await StartsAsync();
    }

    [Fact]
    [Trait("Threat", "T77")]
    public async Task Start_AnotherMasterKey_IsRefusedInWords()
    {
        var key = await File.ReadAllBytesAsync(KeyPath);
        await File.WriteAllBytesAsync(KeyPath, System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

        (await RefusedAsync()).ShouldContain($"The master key {KeyPath} is not the one with which this database was made");

        await File.WriteAllBytesAsync(KeyPath, key);
        await StartsAsync();
    }

    public static TheoryData<string, string> Losses => new()
    {
        { "DELETE FROM data_keys", "none of their data keys (table data_keys)" },
        { "DROP TABLE data_keys", "The database cannot be checked for its keys" },
        { "DELETE FROM secrets", "no record of its master key (table secrets)" },
        { TestDatabases.ArePostgres ? "UPDATE secrets SET fingerprint = '\\x0011' WHERE name = 'index_key'" : "UPDATE secrets SET fingerprint = x'0011' WHERE name = 'index_key'", "The master key does not open the index key" },
        { "DROP TABLE secrets", "The database cannot be checked for its keys" },
        { TestDatabases.ArePostgres ? "DELETE FROM orleansstorage WHERE graintypestring = 'key_ring'" : "DELETE FROM grain_state WHERE state_name = 'key_ring'", "has lost its token keys" },
        {
            TestDatabases.ArePostgres ? "DELETE FROM orleansstorage WHERE graintypestring = 'audit_signing'" : "DELETE FROM grain_state WHERE state_name = 'audit_signing'",
            "has lost its signing keys of the access log"
        },
        { TestDatabases.ArePostgres ? "TRUNCATE orleansstorage" : "DELETE FROM grain_state", "has lost its token keys" },
    };

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Start_KeysOfTheDatabaseLost_IsRefusedAndNoneIsMade(string loss, string expected)
    {
        await ExecuteAsync(loss);
        var before = Files();

        (await RefusedAsync()).ShouldContain(expected);

        Files().ShouldBe(before);
        (await RefusedAsync()).ShouldContain(expected, customMessage: "the first try has repaired nothing");
    }

    private async Task<string> RefusedAsync()
    {
        var refused = await Should.ThrowAsync<StartupException>(() => _host.InitializeAsync().AsTask());
        refused.Message.ShouldContain("docs/operations/keys-and-backups.md");
        return refused.Message;
    }

    private async Task StartsAsync()
    {
        await _host.InitializeAsync();
        await _host.OperatorTokenAsync();
    }

    /// <summary>The lock of the data directory and SQLite's side files come and go with each process.</summary>
    private string[] Files() =>
        [.. Directory.GetFileSystemEntries(_host.Folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("-wal", StringComparison.Ordinal) && !file.EndsWith("-shm", StringComparison.Ordinal) && !file.EndsWith(".lock", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private Task ExecuteAsync(string sql) => TestDatabases.ExecuteAsync(_host.Folder, sql);
}
