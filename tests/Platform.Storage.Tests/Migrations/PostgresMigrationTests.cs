using Npgsql;
using Platform.Hosting;
using Platform.Storage.Migrations;
using Platform.Storage.Postgres;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Migrations;

[Collection(PostgresCollection.Name)]
public sealed class PostgresMigrationTests(PostgresFixture fixture) : MigrationTests, IAsyncLifetime
{
    private static int s_databases;

    private string _connectionString = null!;
    private NpgsqlDataSource _source = null!;

    private protected override IReadOnlyList<Migration> Embedded => PostgresSchema.Migrations;

    public async ValueTask InitializeAsync()
    {
        _connectionString = await fixture.Server.CreateDatabaseAsync($"migrations_{Interlocked.Increment(ref s_databases)}");
        _source = NpgsqlDataSource.Create(_connectionString);
    }

    public async ValueTask DisposeAsync() => await _source.DisposeAsync();

    [Fact]
    public async Task Prepare_ManySilosAtOnce_OneRunsTheScripts()
    {
        await ExecuteAsync("CREATE TABLE runs (pid integer NOT NULL)");
        var slow = Migration.Parse("0002_slow.sql", "INSERT INTO runs SELECT pg_backend_pid() FROM pg_sleep(0.5);\n");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PrepareAsync([People, slow])));

        (await TextsAsync("SELECT pid::text FROM runs")).ShouldHaveSingleItem();
        (await TextsAsync("SELECT name FROM people")).ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Fault", "F7")]
    public async Task Prepare_ConnectionDiesInTheMiddle_LeavesTheDatabaseAsItWas()
    {
        var deadly = Migration.Parse("0002_deadly.sql", "CREATE TABLE half (name text);\nSELECT pg_terminate_backend(pg_backend_pid());\n");

        (await Should.ThrowAsync<StartupException>(() => PrepareAsync([People, deadly]))).Message.ShouldContain("does not answer");

        (await TablesAsync()).ShouldBeEmpty();
        await PrepareAsync([People, Pets]);
    }

    [Fact]
    public async Task Prepare_ScriptThatTakesLongerThanCommandsMay_Runs()
    {
        await using var hasty = NpgsqlDataSource.Create(_connectionString + ";Command Timeout=1");
        var slow = Migration.Parse("0001_slow.sql", "CREATE TABLE slow AS SELECT 1 AS one FROM pg_sleep(1.5);\n");

        await PrepareAsync(hasty, [slow]);

        (await TablesAsync()).ShouldContain("slow");
    }

    private protected override Task PrepareAsync(IReadOnlyList<Migration> migrations, bool apply = true) => PrepareAsync(_source, migrations, apply);

    protected override async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    protected override async Task<IReadOnlyList<string>> TextsAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var texts = new List<string>();
        while (await reader.ReadAsync()) texts.Add(reader.GetString(0));
        return texts;
    }

    protected override Task<IReadOnlyList<string>> TablesAsync() => TextsAsync("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename COLLATE \"C\"");

    private static Task PrepareAsync(NpgsqlDataSource source, IReadOnlyList<Migration> migrations, bool apply = true) =>
        new PostgresSchema(source, new DatabaseOptions { StartupTimeout = TimeSpan.Zero }, TimeProvider.System, migrations).PrepareAsync(new SchemaPreparation(apply), default);
}
