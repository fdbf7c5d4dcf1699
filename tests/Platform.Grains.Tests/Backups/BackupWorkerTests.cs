using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Platform.Grains.Tests.Hosting;
using Platform.Silo.Hosting.Backups;
using Platform.Storage.Backups;

namespace Platform.Grains.Tests.Backups;

/// <summary>Scheduled backups of a silo on a real database (row DR).</summary>
public sealed class BackupWorkerTests : IDisposable
{
    private readonly DirectoryInfo _target = Directory.CreateTempSubdirectory("platform-scheduled-");

    public void Dispose() => _target.Delete(recursive: true);

    [Fact, Trait("Fault", "F21")]
    public async Task Schedule_OverADay_MakesOneAnHourVerifiesEachAndKeepsTheGenerations()
    {
        await using var silo = await StartAsync(("Platform:Backups:KeepHourly", "2"), ("Platform:Backups:KeepDaily", "1"), ("Platform:Backups:KeepWeekly", "0"), ("Platform:Backups:KeepMonthly", "0"));
        await silo.NewTenantAsync();
        var worker = silo.Service<BackupWorker>();
        for (var hour = 0; hour < 5; hour++)
        {
            await Task.WhenAll(worker.MakeDueAsync(default), worker.MakeDueAsync(default));
            await worker.MakeDueAsync(default);
            silo.Time.Advance(TimeSpan.FromMinutes(64));
        }

        var kept = Kept(silo);

        kept.Count.ShouldBe(2);
        kept.ShouldAllBe(backup => backup.IsVerified);
        silo.Service<BackupStatus>().Newest.ShouldBe(kept[^1].Time);
        Directory.GetDirectories(silo.Folder, "verify-*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Schedule_WithATargetThatFails_IsLateAfterTwoIntervalsTellsTheOperatorsOnceAndGoesOn()
    {
        await using var silo = await StartAsync();
        await silo.Grains.TenantRegistration().EnsurePlatformAsync(PrefixedId.New<TenantId>(silo.Time), "Quiet-Harbour-71", default);
        var worker = silo.Service<BackupWorker>();
        await worker.MakeDueAsync(default);
        var first = Kept(silo).ShouldHaveSingleItem();
        _target.Delete(recursive: true);
        await File.WriteAllTextAsync(_target.FullName, "no folder");
        (await HealthAsync(silo)).ShouldBe(HealthStatus.Healthy);

        for (var round = 0; round < 4; round++)
        {
            silo.Time.Advance(TimeSpan.FromMinutes(64));
            await worker.MakeDueAsync(default);
        }

        (await HealthAsync(silo)).ShouldBe(HealthStatus.Degraded);
        var mail = (await OutboxFiles.WaitForAsync(silo.Folder, 1, told => told.Template == "backup_late")).ShouldHaveSingleItem();
        mail.Subject.ShouldNotBeNull().ShouldContain(first.Time.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));

        File.Delete(_target.FullName);
        _target.Create();
        silo.Time.Advance(TimeSpan.FromMinutes(6));
        await worker.MakeDueAsync(default);
        (await HealthAsync(silo)).ShouldBe(HealthStatus.Healthy);
        Kept(silo).ShouldHaveSingleItem().IsVerified.ShouldBeTrue();
    }

    /// <summary>Old ones stay while no newer one is good, and what fails is tried again rather than made again.</summary>
    [Fact]
    public async Task Schedule_WithABackupThatDoesNotVerify_KeepsTheOlderOnesAndIsNotSatisfied()
    {
        await using var silo = await StartAsync(("Platform:Backups:KeepHourly", "1"), ("Platform:Backups:KeepDaily", "0"), ("Platform:Backups:KeepWeekly", "0"), ("Platform:Backups:KeepMonthly", "0"));
        var worker = silo.Service<BackupWorker>();
        await worker.MakeDueAsync(default);
        var good = Kept(silo).ShouldHaveSingleItem();
        silo.Time.Advance(TimeSpan.FromMinutes(64));
        var (bad, _) = await silo.Service<BackupRun>().MakeAsync(_target.FullName, new BackupPace(0, silo.Time), default);
        await File.AppendAllTextAsync(Path.Combine(bad, StoredBackup.Data), "x");

        await worker.MakeDueAsync(default);

        Kept(silo).Select(backup => (backup.Path, backup.IsVerified)).ShouldBe([(good.Path, true), (bad, false)]);
    }

    [Fact, Trait("Threat", "T52")]
    public async Task Schedule_BeyondTheTimeOfDataKeys_TakesThemOutOfOlderBackups()
    {
        await using var silo = await StartAsync(("Platform:Backups:DataKeysKept", "2.00:00:00"));
        var worker = silo.Service<BackupWorker>();
        await worker.MakeDueAsync(default);
        silo.Time.Advance(TimeSpan.FromDays(3));
        await worker.MakeDueAsync(default);

        Kept(silo).Select(backup => File.Exists(Path.Combine(backup.Path, StoredBackup.DataKeys))).ShouldBe([false, true]);
    }

    private static async Task<HealthStatus> HealthAsync(SiloHost silo) => (await silo.Service<HealthCheckService>().CheckHealthAsync(check => check.Name == "backups")).Status;

    private IReadOnlyList<FoundBackup> Kept(SiloHost silo) => silo.Service<BackupFolder>().List(_target.FullName);

    private Task<SiloHost> StartAsync(params (string Key, string Value)[] settings)
    {
        var tools = Environment.GetEnvironmentVariable("PLATFORM_TEST_POSTGRES_TOOLS") ?? "";
        return SiloHost.StartAsync([.. settings, ("Platform:Backups:Target", _target.FullName), ("Platform:Backups:PostgresTools", tools)]);
    }
}
