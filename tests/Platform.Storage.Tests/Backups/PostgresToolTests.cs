using Platform.Storage.Backups;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Backups;

/// <summary>What the programs of PostgreSQL are told.</summary>
public sealed class PostgresToolTests
{
    /// <summary>Its environment is read by whoever reads that of the platform, by core dumps and by hooks of the machine: the fewer have the key the better.</summary>
    [Fact, Trait("Threat", "T77")]
    public async Task Run_GivesTheConnectionAndWhatProgramsNeed_AndNoSettingOfThePlatform()
    {
        using var folder = new TempFolder();
        var tool = Path.Combine(folder.Path, "pg_dump");
        await File.WriteAllTextAsync(tool, "#!/bin/sh\nexec env\n");
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string[] secrets = ["Platform__PostgresToolTests__MasterKey", "ConnectionStrings__PostgresToolTests", "POSTGRES_TOOL_TESTS_TOKEN"];
        foreach (var secret in secrets) Environment.SetEnvironmentVariable(secret, "canary-5d1e");
        try
        {
            var output = "";
            await new PostgresTool("Host=db.example;Port=5433;Username=app;Password=p4ss;Database=platform;SSL Mode=VerifyFull", folder.Path).RunAsync(
                "pg_dump", [], input: null, async from => output = await new StreamReader(from).ReadToEndAsync(), default);

            output.ShouldNotContain("canary-5d1e");
            var told = output.Split('\n').Where(line => line.Contains('=', StringComparison.Ordinal)).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
            (told["PGHOST"], told["PGPORT"], told["PGUSER"], told["PGPASSWORD"], told["PGDATABASE"], told["PGSSLMODE"]).ShouldBe(("db.example", "5433", "app", "p4ss", "platform", "verify-full"));
            told["PATH"].ShouldBe(Environment.GetEnvironmentVariable("PATH"));
            told.Keys.ShouldNotContain(name => name.StartsWith("Platform", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ConnectionStrings", StringComparison.OrdinalIgnoreCase) || name.StartsWith("DOTNET", StringComparison.Ordinal));
        }
        finally
        {
            foreach (var secret in secrets) Environment.SetEnvironmentVariable(secret, null);
        }
    }
}
