using Platform.Hosting;
using Platform.Storage.Migrations;

namespace Platform.Storage.Tests.Migrations;

/// <summary>The line of migrations, whichever database is below. Each test has a database of its own.</summary>
public abstract class MigrationTests
{
    internal static readonly Migration People = Migration.Parse("0001_people.sql", "CREATE TABLE people (name text NOT NULL);\nINSERT INTO people VALUES ('alice');\n");
    internal static readonly Migration Pets = Migration.Parse("0002_pets.sql", "CREATE TABLE pets (name text NOT NULL);\n");

    private protected abstract IReadOnlyList<Migration> Embedded { get; }

    [Fact]
    public async Task Prepare_EmptyDatabase_RunsEveryScriptOnceInOrder()
    {
        await PrepareAsync(Embedded);

        (await RowsAsync()).ShouldBe(Embedded.Select(migration => $"{migration.Version} {migration.Name} {migration.Sha256}"));
        (await TablesAsync()).ShouldContain("audit_events");
    }

    [Fact]
    public async Task Prepare_SecondStart_ChangesNothing()
    {
        await PrepareAsync(Embedded);
        var before = await DumpAsync();

        await PrepareAsync(Embedded);
        await PrepareAsync(Embedded, apply: false);

        (await DumpAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Prepare_NewScript_RunsThatOneOnly()
    {
        await PrepareAsync([People]);

        await PrepareAsync([People, Pets]);

        (await TablesAsync()).ShouldBe(["people", "pets", "schema_version"]);
        (await TextsAsync("SELECT name FROM people")).ShouldBe(["alice"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Fault", "F19")]
    public async Task Prepare_ScriptThatChangedSinceItRan_IsRefusedWithWhatToDo(bool apply)
    {
        await PrepareAsync([People, Pets]);
        var before = await DumpAsync();
        var changed = Migration.Parse(People.Name, People.Sql + "-- one more remark\n");

        var refusal = await Should.ThrowAsync<StartupException>(() => PrepareAsync([changed, Pets], apply));

        refusal.Message.ShouldContain($"{People.Name} with SHA-256 {People.Sha256}");
        refusal.Message.ShouldContain(changed.Sha256);
        refusal.Message.ShouldContain("new script with the next number");
        (await DumpAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Fault", "F19")]
    public async Task Prepare_DatabaseOfANewerVersion_IsRefusedWithWhatToDo(bool apply)
    {
        await PrepareAsync([People, Pets]);
        var before = await DumpAsync();

        var refusal = await Should.ThrowAsync<StartupException>(() => PrepareAsync([People], apply));

        refusal.Message.ShouldContain("has version 2 of the schema, this process knows versions up to 1");
        refusal.Message.ShouldContain("Start the newer version");
        (await DumpAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Fault", "F19")]
    public async Task Prepare_DatabaseFromBeforeChecksums_IsRefusedWithWhatToDo(bool apply)
    {
        await ExecuteAsync("CREATE TABLE schema_version (component text NOT NULL PRIMARY KEY, version bigint NOT NULL)");
        await ExecuteAsync("INSERT INTO schema_version VALUES ('platform', 3)");

        var refusal = await Should.ThrowAsync<StartupException>(() => PrepareAsync(Embedded, apply));

        refusal.Message.ShouldContain("never released");
        refusal.Message.ShouldContain("an empty database");
        (await TablesAsync()).ShouldBe(["schema_version"]);
        (await TextsAsync("SELECT component FROM schema_version")).ShouldBe(["platform"]);
    }

    [Fact]
    [Trait("Fault", "F19")]
    public async Task Prepare_CheckOnlyAndScriptsMissing_SaysWhichAndWhatToDo()
    {
        await PrepareAsync([People]);

        var refusal = await Should.ThrowAsync<StartupException>(() => PrepareAsync([People, Pets], apply: false));

        refusal.Message.ShouldContain("lacks 0002_pets.sql");
        refusal.Message.ShouldContain("Run './run migrate'");
        refusal.Message.ShouldContain("ApplySchema=true");
        (await TablesAsync()).ShouldBe(["people", "schema_version"]);
    }

    [Fact]
    [Trait("Fault", "F19")]
    public async Task Prepare_FailureInTheMiddle_LeavesTheDatabaseAsItWas()
    {
        await PrepareAsync([People]);
        var before = await DumpAsync();
        var broken = Migration.Parse("0003_broken.sql", "CREATE TABLE half (name text);\nINSERT INTO nowhere VALUES (1);\n");

        var refusal = await Should.ThrowAsync<StartupException>(() => PrepareAsync([People, Pets, broken]));

        refusal.Message.ShouldContain("0003_broken.sql failed");
        refusal.Message.ShouldContain("nowhere");
        (await DumpAsync()).ShouldBe(before);
        await PrepareAsync([People]);
        await PrepareAsync([People, Pets]);
    }

    private protected abstract Task PrepareAsync(IReadOnlyList<Migration> migrations, bool apply = true);

    protected abstract Task ExecuteAsync(string sql);

    protected abstract Task<IReadOnlyList<string>> TextsAsync(string sql);

    /// <summary>In the order of their names.</summary>
    protected abstract Task<IReadOnlyList<string>> TablesAsync();

    private Task<IReadOnlyList<string>> RowsAsync() => TextsAsync("SELECT version || ' ' || name || ' ' || sha256 FROM schema_version ORDER BY version");

    private async Task<IReadOnlyList<string>> DumpAsync() =>
        [.. await TablesAsync(), .. await TextsAsync("SELECT version || ' ' || name || ' ' || sha256 || ' ' || applied_at FROM schema_version ORDER BY version")];
}
