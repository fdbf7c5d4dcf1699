using Microsoft.Data.Sqlite;
using Platform.Storage.Migrations;
using Platform.Storage.Sqlite;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Migrations;

public sealed class SqliteMigrationTests : MigrationTests, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private protected override IReadOnlyList<Migration> Embedded => SqliteSchema.Migrations;

    [Fact]
    [Trait("Fault", "F1")]
    public async Task Kill_InTheMiddleOfAMigration_LeavesTheFileAsItWas()
    {
        await PrepareAsync([People]);
        using (var process = MigratingProcess.Start(_folder.Path))
        {
            await MigratingProcess.WaitUntilHalfIsWrittenAsync(_folder.Path);
            process.Kill();
            await process.WaitForExitAsync();
        }

        (await TablesAsync()).ShouldBe(["people", "schema_version"]);
        (await TextsAsync("PRAGMA integrity_check")).ShouldBe(["ok"]);
        await PrepareAsync([People, Pets]);
    }

    private protected override Task PrepareAsync(IReadOnlyList<Migration> migrations, bool apply = true)
    {
        using var session = new SqliteSession(Path.Combine(_folder.Path, "platform.db"), SqliteOpenMode.ReadWriteCreate);
        SqliteSchema.Prepare(session, new SchemaPreparation(apply), migrations);
        return Task.CompletedTask;
    }

    protected override Task ExecuteAsync(string sql)
    {
        using var connection = TestDatabase.Foreign(_folder.Path);
        connection.Scalar(sql);
        return Task.CompletedTask;
    }

    protected override Task<IReadOnlyList<string>> TextsAsync(string sql)
    {
        using var connection = TestDatabase.Foreign(_folder.Path);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read()) texts.Add(reader.GetString(0));
        return Task.FromResult<IReadOnlyList<string>>(texts);
    }

    protected override Task<IReadOnlyList<string>> TablesAsync() => TextsAsync("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
}
