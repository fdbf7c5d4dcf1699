using Platform.Silo.Hosting.Backups;

namespace Platform.Api.Tests.Backups;

/// <summary>A platform that makes backups into a folder of the test.</summary>
public sealed class BackupHost : PlatformHost
{
    private readonly DirectoryInfo _target;

    public BackupHost() : this(Directory.CreateTempSubdirectory("platform-called-")) { }

    private BackupHost(DirectoryInfo target) : base(
        $"--Platform:Backups:Target={target.FullName}", $"--Platform:Backups:PostgresTools={Environment.GetEnvironmentVariable("PLATFORM_TEST_POSTGRES_TOOLS")}") => _target = target;

    internal string Target => _target.FullName;

    public override async ValueTask InitializeAsync()
    {
        if (!_target.Exists) _target.Create();
        await base.InitializeAsync();
    }

    internal async Task<Answer> LookAsync(string? token = null) => await this.SendAsync("GET", "/v1/operator/backups", token: token ?? await OperatorTokenAsync());

    /// <summary>Two in one second would have one name.</summary>
    internal async Task<Answer> BeginAsync(string? token = null, params (string Name, string Value)[] headers)
    {
        Time.Advance(TimeSpan.FromSeconds(2));
        return await this.SendAsync("POST", "/v1/operator/backups", token: token ?? await OperatorTokenAsync(), headers: headers);
    }

    /// <returns>Its name.</returns>
    internal async Task<string> MakeAsync()
    {
        var name = (await BeginAsync()).ShouldBe(HttpStatusCode.Accepted).String("backup")!;
        await Service<BackupWorker>().WhenRequestedEndedAsync();
        return name;
    }

    internal async Task<JsonElement[]> RequestsInTheLogAsync() =>
        (await this.SendAsync("GET", "/v1/tenants/platform/audit-events?action=backup.requested&limit=200", token: await OperatorTokenAsync())).ShouldBe(HttpStatusCode.OK).Items;
}
