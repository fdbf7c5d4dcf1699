using Microsoft.Data.Sqlite;
using Platform.Hosting;
using Platform.Snippets;
using Platform.Storage.Sqlite;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Sqlite;

public sealed class SqliteStartTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Threat", "T77")]
    public async Task Open_MakesFilesThatOnlyTheOwnerReads()
    {
        var directory = Path.Combine(_folder.Path, "new", "data");
        using var database = await TestDatabase.OpenAsync(directory);
        await database.GrainStorage().WriteStateAsync("snippet", GrainId.Create("test", "snp_1"), new TestState<StoredSnippet> { State = new() });

        File.GetUnixFileMode(directory).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var files = Directory.GetFiles(directory);
        files.Select(Path.GetFileName).ShouldBe(["platform.db", "platform.db-shm", "platform.db-wal", "platform.lock"], ignoreOrder: true);
        foreach (var file in files) File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
    }

    [Fact]
    public async Task Open_KeepsTheLogAndWaitsForTheDisk()
    {
        using var database = await TestDatabase.OpenAsync(_folder.Path);
        var operation = new Operation("query", "none");

        (await database.ReadAsync(operation, new Statement("PRAGMA journal_mode"), row => row.GetString(0), default)).ShouldBe(["wal"]);
        (await database.ReadAsync(operation, new Statement("PRAGMA synchronous"), row => row.GetInt64(0), default)).ShouldBe([2]);
        (await database.ReadAsync(operation, new Statement("PRAGMA foreign_keys"), row => row.GetInt64(0), default)).ShouldBe([1]);
        (await database.ReadAsync(operation, new Statement("PRAGMA secure_delete"), row => row.GetInt64(0), default)).ShouldBe([1]);
    }

    /// <summary>A read that lasts keeps the log from being used anew, so that it grows; it must not stay so long for ever.</summary>
    [Fact]
    public void Write_AfterALongRead_CutsTheLogBack()
    {
        var path = Path.Combine(_folder.Path, "platform.db");
        using var writer = new SqliteSession(path, SqliteOpenMode.ReadWriteCreate);
        writer.Run("PRAGMA journal_mode = WAL; CREATE TABLE pieces (content BLOB)");
        using (var reader = new SqliteSession(path, SqliteOpenMode.ReadOnly))
        {
            reader.Run("BEGIN; SELECT count(*) FROM pieces");
            for (var i = 0; i < 70; i++) writer.Run("INSERT INTO pieces VALUES (zeroblob(1048576))");
        }

        var log = new FileInfo(path + "-wal");
        log.Length.ShouldBeGreaterThan(64 * 1024 * 1024);
        writer.Run("PRAGMA wal_checkpoint(RESTART); INSERT INTO pieces VALUES (zeroblob(1))");
        log.Refresh();
        log.Length.ShouldBeLessThanOrEqualTo(64 * 1024 * 1024);
    }

    [Fact]
    public async Task Read_CannotWrite()
    {
        using var database = await TestDatabase.OpenAsync(_folder.Path);

        await Should.ThrowAsync<StorageUnavailableException>(() =>
            database.ReadAsync(new Operation("query", "none"), new Statement("DELETE FROM tenants"), row => 0, default));
    }

    [Fact]
    [Trait("Fault", "F19")]
    public async Task Open_FileInUseByAnotherProcess_IsRefusedInOneSentence()
    {
        using var process = WriterProcess.Start(_folder.Path);
        await process.StandardOutput.ReadLineAsync();

        var refusal = await Should.ThrowAsync<StartupException>(() => TestDatabase.OpenAsync(_folder.Path));
        refusal.Message.ShouldStartWith("Another process uses the data directory");

        process.Kill();
        await process.WaitForExitAsync();
        using var database = await TestDatabase.OpenAsync(_folder.Path);
    }

    [Fact]
    public async Task Open_FileInUseByThisProcess_IsRefused()
    {
        using var database = await TestDatabase.OpenAsync(_folder.Path);

        await Should.ThrowAsync<StartupException>(() => TestDatabase.OpenAsync(_folder.Path));
    }

    [Fact]
    [Trait("Fault", "F19")]
    public async Task Open_SchemaOfANewerVersion_IsRefusedAndTheFileStaysAsItIs()
    {
        (await TestDatabase.OpenAsync(_folder.Path)).Dispose();
        using (var connection = TestDatabase.Foreign(_folder.Path)) connection.Scalar("INSERT INTO schema_version (version, name, sha256) VALUES (99, '0099_later.sql', '')");
        var before = await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "platform.db"));

        var refusal = await Should.ThrowAsync<StartupException>(() => TestDatabase.OpenAsync(_folder.Path));

        refusal.Message.ShouldContain("version 99");
        (await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "platform.db"))).ShouldBe(before);
    }

    [Fact]
    [Trait("Fault", "F19")]
    public async Task Open_CheckOnlyAndNoSchema_IsRefused() =>
        (await Should.ThrowAsync<StartupException>(() => TestDatabase.OpenAsync(_folder.Path, options => options.ApplySchema = false))).Message.ShouldContain("ApplySchema=true");

    [Fact]
    [Trait("Fault", "F19")]
    public async Task Open_NotADatabase_IsRefused()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "platform.db"), new string('x', 8192));

        (await Should.ThrowAsync<StartupException>(() => TestDatabase.OpenAsync(_folder.Path))).Message.ShouldContain("cannot be opened");
    }

    [Fact]
    [Trait("Fault", "F19")]
    public async Task Open_DirectoryIsAFile_IsRefused()
    {
        var path = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(path, "");

        (await Should.ThrowAsync<StartupException>(() => TestDatabase.OpenAsync(path))).Message.ShouldContain("cannot be used");
    }

    [Fact]
    public async Task Open_Twice_KeepsWhatWasWritten()
    {
        var id = GrainId.Create("test", "snp_1");
        using (var database = await TestDatabase.OpenAsync(_folder.Path))
        {
            await database.GrainStorage().WriteStateAsync("snippet", id, new TestState<StoredSnippet> { State = new() { Name = "kept" } });
        }

        using var reopened = await TestDatabase.OpenAsync(_folder.Path);
        var state = new TestState<StoredSnippet>();
        await reopened.GrainStorage().ReadStateAsync("snippet", id, state);
        state.State.Name.ShouldBe("kept");
    }
}
