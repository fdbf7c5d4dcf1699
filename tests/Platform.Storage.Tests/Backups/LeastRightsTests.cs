using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Security;
using Platform.Storage.Backups;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Backups;

/// <summary>Silos that run under the role of <c>Roles.sql</c> make the backups by the clock, too.</summary>
[Collection(PostgresCollection.Name)]
public sealed class LeastRightsTests(PostgresFixture fixture)
{
    private const string Database = "backup_roles";
    private const string Login = "backup_login";

    [Fact, Trait("Threat", "T82")]
    public async Task Backup_UnderTheSilosRole_IsMade_AndVerifiedOnceItMayMakeADatabase()
    {
        await using var owner = NpgsqlDataSource.Create(await fixture.Server.CreateDatabaseAsync(Database));
        await PostgresFixture.PrepareAsync(owner);
        await PostgresFixture.CreateSiloLoginAsync(owner, Login);
        using var folder = new TempFolder();
        using var master = new MasterKey(RandomNumberGenerator.GetBytes(32));
        var progress = new BackupProgress(TextWriter.Null, TimeProvider.System);
        await using var database = new PostgresBackup(fixture.Server.ConnectionString(Database, Login), fixture.Server.Tools, progress);
        var run = new BackupRun(database, master, Options.Create(new PlatformOptions()), Options.Create(new BackupOptions()), progress, TimeProvider.System);

        var (path, _) = await run.MakeAsync(folder.Path, new BackupPace(0, TimeProvider.System), default);

        var verification = new BackupVerification(database, master, progress);
        (await Should.ThrowAsync<BackupException>(() => verification.VerifyAsync(path, default))).Message.ShouldContain($"ALTER ROLE {Login} CREATEDB");
        await PostgresFixture.ExecuteAsync(owner, $"ALTER ROLE {Login} CREATEDB");
        await verification.VerifyAsync(path, default);
        await using var left = owner.CreateCommand($"SELECT count(*) FROM pg_database WHERE starts_with(datname, '{Database}_')");
        (await left.ExecuteScalarAsync()).ShouldBe(0L, "the scratch database went");
    }
}
