using System.Net;
using System.Security.Cryptography;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Commands;

/// <summary><c>migrate</c> as an operator runs it, and starts that leave the schema to it.</summary>
public sealed class MigrateTests(ITestOutputHelper output) : ProcessTest(output)
{
    private static readonly (string Key, string Value)[] CheckOnly = [("Platform__Database__ApplySchema", "false")];

    [Fact]
    public async Task Migrate_EmptyDatabase_RunsEveryScriptOnceAndMakesNoKey()
    {
        var first = await RunAsync(["migrate"]);
        first.ExitCode.ShouldBe(0, first.ToString());
        first.Output.ShouldContain("Running 0001_orleans.sql");
        first.Output.ShouldContain("Done: the schema has version ");
        Directory.Exists(Path.Combine(Folder.Path, "keys")).ShouldBeFalse("a key is made by the first start");

        var second = await RunAsync(["migrate"]);
        second.ExitCode.ShouldBe(0, second.ToString());
        second.Output.ShouldContain("Nothing to do: the schema has version ");
        second.Output.ShouldNotContain("Running");

        var platform = await StartAsync(CheckOnly);
        await platform.SignInAsync();
    }

    [Fact]
    public async Task DryRun_EmptyDatabase_SaysWhatWouldRunAndMakesNothing()
    {
        var ended = await RunAsync(["migrate", "--dry-run"]);

        ended.ExitCode.ShouldBe(3, ended.ToString());
        ended.Output.ShouldContain("Would run 0001_orleans.sql");
        ended.Errors.ShouldBeEmpty();
        Directory.Exists(Folder.Path).ShouldBeFalse("nothing is made");
        (await RunAsync(["migrate", "--dry-run"])).ExitCode.ShouldBe(3);
    }

    [Fact]
    [Trait("Fault", "F19")]
    public async Task Start_CheckOnlyOnAnOlderSchema_SaysToMigrateAndMigrateDoesIt()
    {
        await OlderSchema.MakeAsync(Folder.Path);

        ShouldBeRefused(await RunAsync([], CheckOnly), "The platform cannot run:", $"The database lacks {OlderSchema.Missing}. Run './run migrate'");
        var dry = await RunAsync(["migrate", "--dry-run"]);
        (dry.ExitCode, LinesWith("Would run", dry)).ShouldBe((3, 1), dry.ToString());
        var ran = await RunAsync(["migrate"], CheckOnly);
        (ran.ExitCode, LinesWith("Running", ran)).ShouldBe((0, 1), ran.ToString());

        (await (await StartAsync(CheckOnly)).SendAsync("GET", "/readyz")).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Fault", "F19")]
    public async Task MigrateOrStart_DatabaseOfAnotherInstallation_IsRefusedAndNothingRuns(bool start)
    {
        var key = Path.Combine(Folder.Path, "keys", "master.key");
        Directory.CreateDirectory(Path.GetDirectoryName(key)!);
        await File.WriteAllBytesAsync(key, RandomNumberGenerator.GetBytes(32));
        await OlderSchema.MakeAsync(Folder.Path);
        await OlderSchema.BelongsToAsync(Folder.Path, "development", RandomNumberGenerator.GetBytes(32));
        string[] command = start ? [] : ["migrate"];
        var heading = start ? "The platform cannot run:" : "migrate cannot run:";

        ShouldBeRefused(
            await RunAsync(command, ("Platform__Environment", "production")),
            heading,
            "The database is of environment 'development', this process of 'production' (Platform:Environment).");
        ShouldBeRefused(await RunAsync(command), heading, $"The master key {key} is not the one with which this database was made.");
        File.Delete(key);
        (await RunAsync(["migrate", "--dry-run"])).Output.ShouldContain($"Would run {OlderSchema.Missing}", customMessage: "nothing has run");

        await TestDatabases.ExecuteAsync(Folder.Path, "INSERT INTO schema_version (version, name, sha256) VALUES (99, '0099_later.sql', '')");
        ShouldBeRefused(await RunAsync(command), heading, "The database has version 99 of the schema, this process knows versions up to");
    }

    [Fact]
    [Trait("Fault", "F15")]
    public async Task Migrate_WhileThePlatformRuns_TakesNoFileFromIt()
    {
        var platform = await StartAsync();

        var ended = await RunAsync(["migrate"]);

        // Scripts on PostgreSQL let the version before run on; a SQLite file is one process' alone.
        if (TestDatabases.ArePostgres) ended.ExitCode.ShouldBe(0, ended.ToString());
        else ShouldBeRefused(ended, "migrate cannot run:", $"Another process uses the data directory {Folder.Path}.");
        await platform.SignInAsync();
    }

    [Fact]
    public async Task Migrate_UnknownArgument_IsRefusedWithTheNearestOne()
    {
        ShouldBeRefused(await RunAsync(["migrate", "--dry-rum"]), "migrate cannot run:", "--dry-rum is not an option. Did you mean --dry-run?");
        Directory.Exists(Folder.Path).ShouldBeFalse("nothing is made");
    }

    private static int LinesWith(string beginning, BashResult ended) => ended.Output.Split('\n').Count(line => line.StartsWith(beginning, StringComparison.Ordinal));

    private Task<BashResult> RunAsync(string[] arguments, params (string Key, string Value)[] settings) =>
        PlatformProcess.RunToEndAsync(new PlatformStart(Folder) { Arguments = arguments, Settings = settings });

    private static void ShouldBeRefused(BashResult ended, string heading, string reason)
    {
        ended.ExitCode.ShouldBe(1, ended.ToString());
        var lines = ended.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2, ended.ToString());
        lines[0].ShouldBe(heading);
        lines[1].ShouldStartWith($" - {reason}");
    }
}
