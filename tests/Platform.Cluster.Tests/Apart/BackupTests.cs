using System.Net;
using System.Text.Json;
using Platform.Cluster.Tests.Hosting;

namespace Platform.Cluster.Tests.Apart;

/// <summary>Backups are called for at a host that has neither database nor folder; a silo makes them.</summary>
public sealed class BackupTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly DirectoryInfo _target = Directory.CreateTempSubdirectory("platform-apart-backups-");
    private ApartCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await ApartCluster.StartAsync(
        apis: 1,
        ("Platform__Backups__Target", _target.FullName),
        ("Platform__Backups__PostgresTools", Environment.GetEnvironmentVariable("PLATFORM_TEST_POSTGRES_TOOLS") ?? ""));

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            output.WriteLine(_cluster.Logs);
            await _cluster.DisposeAsync();
            _cluster.Logs.ShouldNotContain("GrainCallDenied", Case.Sensitive);
        }

        _target.Delete(recursive: true);
    }

    [Fact, Trait("Fault", "F21")]
    public async Task Post_AtAHostWithoutADatabase_IsMadeByASilo()
    {
        var (api, token) = (_cluster.Apis[0], (await _cluster.SignInAsync()).Token);

        var begun = (await api.SendAsync("POST", "/v1/operator/backups", token: token)).ShouldBe(HttpStatusCode.Accepted);

        begun.String("node").ShouldBeOneOf([.. _cluster.Silos.Select(silo => $"127.0.0.1:{silo.SiloPort}")]);
        JsonElement made = default;
        await Until.TrueAsync(
            async () => (made = (await api.SendAsync("GET", "/v1/operator/backups", token: token)).ShouldBe(HttpStatusCode.OK).Json).GetProperty("backups").EnumerateArray().Any(backup => backup.GetProperty("verification").GetString() == "restored"),
            "it is verified",
            TimeSpan.FromMinutes(2));
        made.GetProperty("backups").EnumerateArray().ShouldHaveSingleItem().GetProperty("backup").GetString().ShouldBe(begun.String("backup"));
        made.GetProperty("lastFailure").ValueKind.ShouldBe(JsonValueKind.Null);
        Directory.Exists(Path.Combine(_target.FullName, begun.String("backup")!)).ShouldBeTrue();
    }
}
