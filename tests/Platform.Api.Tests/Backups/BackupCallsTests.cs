using Platform.Silo.Hosting.Backups;
using Platform.Storage.Backups;

namespace Platform.Api.Tests.Backups;

/// <summary>Operators look at the backups and have one made (row DR).</summary>
public sealed class BackupCallsTests : IAsyncLifetime
{
    private readonly BackupHost _host = new();

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_host.Target, recursive: true);
    }

    [Fact, Trait("Fault", "F21")]
    public async Task Post_ByAnOperator_MakesAndVerifiesOneThatTheLogAndTheListKnow()
    {
        var before = (await _host.LookAsync()).ShouldBe(HttpStatusCode.OK).Json;
        before.GetProperty("backups").GetArrayLength().ShouldBe(0);
        before.GetProperty("nextDueAt").GetDateTimeOffset().ShouldBe(_host.Time.GetUtcNow(), "due at once");

        var begun = (await _host.BeginAsync()).ShouldBe(HttpStatusCode.Accepted);

        begun.Header("Location").ShouldBe("/v1/operator/backups");
        var started = begun.Json.GetProperty("startedAt").GetDateTimeOffset();
        started.ShouldBe(_host.Time.GetUtcNow());
        await _host.Service<BackupWorker>().WhenRequestedEndedAsync();
        var after = (await _host.LookAsync()).ShouldBe(HttpStatusCode.OK).Json;
        after.GetProperty("running").ValueKind.ShouldBe(JsonValueKind.Null);
        after.GetProperty("lastFailure").ValueKind.ShouldBe(JsonValueKind.Null, after.GetRawText());
        after.GetProperty("late").GetBoolean().ShouldBeFalse();
        after.GetProperty("schedule").GetProperty("folder").GetString().ShouldBe(_host.Target);
        after.GetProperty("schedule").GetProperty("interval").GetString().ShouldBe("PT1H");
        after.GetProperty("schedule").GetProperty("kept").GetProperty("monthly").GetInt32().ShouldBe(12);
        var made = after.GetProperty("backups").EnumerateArray().ShouldHaveSingleItem();
        var name = made.GetProperty("backup").GetString()!;
        name.ShouldBe(begun.String("backup"));
        Directory.Exists(Path.Combine(_host.Target, name)).ShouldBeTrue();
        made.GetProperty("verification").GetString().ShouldBe("restored");
        made.GetProperty("bytes").GetInt64().ShouldBe(new DirectoryInfo(Path.Combine(_host.Target, name)).GetFiles().Sum(file => file.Length));
        made.GetProperty("dataKeys").GetBoolean().ShouldBeTrue();
        made.GetProperty("keptAs").EnumerateArray().Select(tier => tier.GetString()).ShouldBe(["hourly", "daily", "weekly", "monthly"]);
        after.GetProperty("nextDueAt").GetDateTimeOffset().ShouldBe(made.GetProperty("madeAt").GetDateTimeOffset().AddHours(1));

        var told = (await _host.RequestsInTheLogAsync()).ShouldHaveSingleItem();
        told.GetProperty("actor").GetProperty("type").GetString().ShouldBe("operator");
        told.GetProperty("actor").GetProperty("id").GetString().ShouldBe(begun.String("requestedBy"));
        told.GetProperty("target").GetProperty("type").GetString().ShouldBe("backup");
        told.GetProperty("target").GetProperty("id").GetString().ShouldBe(name);

        // The schedule counts it as one of its own.
        await _host.Service<BackupWorker>().MakeDueAsync(default);
        (await _host.LookAsync()).Json.GetProperty("backups").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Post_WhileOneIsMade_IsRefusedAndIsNotInTheLog()
    {
        await using (await _host.Service<IBackupDatabase>().TryTakeTurnAsync(default))
        {
            (await _host.BeginAsync()).ShouldBeProblem(HttpStatusCode.Conflict, "backup_under_way");
            (await _host.BeginAsync(headers: ("Idempotency-Key", "again"))).ShouldBeProblem(HttpStatusCode.Conflict, "backup_under_way");
            var running = (await _host.LookAsync()).ShouldBe(HttpStatusCode.OK).Json.GetProperty("running");
            running.GetProperty("backup").ValueKind.ShouldBe(JsonValueKind.Null, "it is another process");
        }

        (await _host.LookAsync()).Json.GetProperty("running").ValueKind.ShouldBe(JsonValueKind.Null);
        (await _host.RequestsInTheLogAsync()).ShouldBeEmpty();
        (await _host.BeginAsync(headers: ("Idempotency-Key", "again"))).ShouldBe(HttpStatusCode.Accepted);
        await _host.Service<BackupWorker>().WhenRequestedEndedAsync();
    }

    [Fact, Trait("Threat", "T50")]
    public async Task Post_AgainWithTheSameKey_IsAnsweredAlikeAndMakesNoSecondOne()
    {
        var first = (await _host.BeginAsync(headers: ("Idempotency-Key", "monday"))).ShouldBe(HttpStatusCode.Accepted);
        var again = (await _host.BeginAsync(headers: ("Idempotency-Key", "monday"))).ShouldBe(HttpStatusCode.Accepted);
        await _host.Service<BackupWorker>().WhenRequestedEndedAsync();
        var later = (await _host.BeginAsync(headers: ("Idempotency-Key", "monday"))).ShouldBe(HttpStatusCode.Accepted);

        again.Text.ShouldBe(first.Text);
        later.Text.ShouldBe(first.Text);
        later.Header("Location").ShouldBe("/v1/operator/backups");
        (await _host.LookAsync()).Json.GetProperty("backups").GetArrayLength().ShouldBe(1);

        // Of one hour the newest stays.
        _host.Time.Advance(TimeSpan.FromHours(1));
        await _host.MakeAsync();
        (await _host.LookAsync()).Json.GetProperty("backups").GetArrayLength().ShouldBe(2);
        (await _host.RequestsInTheLogAsync()).Length.ShouldBe(2);
    }

    [Fact]
    public async Task Get_AfterFailures_SaysWhyUntilOneIsGoodAgain()
    {
        await _host.MakeAsync();
        var bad = Directory.GetDirectories(_host.Target).ShouldHaveSingleItem();
        File.Delete(Path.Combine(bad, "verified"));
        await File.AppendAllTextAsync(Path.Combine(bad, StoredBackup.Data), "x");
        _host.Time.Advance(TimeSpan.FromMinutes(1));

        await _host.Service<BackupWorker>().MakeDueAsync(default);

        var failed = (await _host.LookAsync()).Json;
        failed.GetProperty("lastFailure").GetProperty("cause").GetString()!.ShouldContain("altered or cut");
        failed.GetProperty("nextDueAt").GetDateTimeOffset().ShouldBe(_host.Time.GetUtcNow() + TimeSpan.FromMinutes(5));
        var listed = failed.GetProperty("backups").EnumerateArray().ShouldHaveSingleItem();
        listed.GetProperty("verification").GetString().ShouldBe("failed");
        listed.GetProperty("cause").GetString()!.ShouldContain("altered or cut");
        listed.GetProperty("keptAs").GetArrayLength().ShouldBe(0);

        await _host.MakeAsync();
        var good = (await _host.LookAsync()).Json;
        good.GetProperty("lastFailure").ValueKind.ShouldBe(JsonValueKind.Null);
        good.GetProperty("backups").EnumerateArray().Select(backup => backup.GetProperty("verification").GetString()).ShouldBe(["restored"], "the one that would not do has gone");

        Directory.Move(_host.Target, _host.Target + ".away");
        await File.WriteAllTextAsync(_host.Target, "no folder");
        await _host.MakeAsync();
        (await _host.LookAsync()).Json.GetProperty("lastFailure").GetProperty("cause").GetString()!.ShouldContain("cannot be used");
        File.Delete(_host.Target);
        Directory.Move(_host.Target + ".away", _host.Target);
    }

    [Fact]
    public async Task Calls_WithoutATarget_SaySo()
    {
        await using var host = await new PlatformHost().StartedAsync();
        var @operator = await host.OperatorTokenAsync();

        var view = (await host.SendAsync("GET", "/v1/operator/backups", token: @operator)).ShouldBe(HttpStatusCode.OK).Json;
        view.GetProperty("schedule").ValueKind.ShouldBe(JsonValueKind.Null);
        view.GetProperty("nextDueAt").ValueKind.ShouldBe(JsonValueKind.Null);
        view.GetProperty("backups").GetArrayLength().ShouldBe(0);
        (await host.SendAsync("POST", "/v1/operator/backups", token: @operator)).ShouldBeProblem(HttpStatusCode.Conflict, "backups_not_configured").String("title")!.ShouldContain("Platform__Backups__Target");
    }
}
