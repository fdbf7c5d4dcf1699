using Microsoft.Extensions.Configuration;
using Platform.Api.Hosting;
using Platform.Api.Limits;
using Platform.Hosting;
using Platform.Storage.Postgres;

namespace Platform.Api.Tests.Hosting;

[Trait("Threat", "T67")]
public sealed class ConnectionBoundsTests
{
    [Theory]
    [InlineData("1048576", null, null, 20_000, 5_000)]
    [InlineData("unlimited", null, null, 20_000, 5_000)]
    [InlineData("1024", null, null, 512, 128)]
    [InlineData("1024", 500, null, 500, 125)]
    [InlineData("1024", null, 400, 512, 400)]
    [InlineData("1024", 500, 4_000, 500, 500)]
    [InlineData("1048576", 1_000_000, null, 1_000_000, 250_000)]
    public void Bounds_FollowTheLimitAndTheSettings(string limit, int? connections, int? ofAnAddress, int total, int perAddress)
    {
        var (bounds, options) = (Of(limit), new LimitsOptions { MaxConnections = connections, MaxConnectionsPerAddress = ofAnAddress });

        bounds.Validate(null, options).Succeeded.ShouldBeTrue();
        bounds.Total(options).ShouldBe(total);
        bounds.PerAddress(options).ShouldBe(perAddress);
    }

    [Fact]
    public void Bounds_OnADatabaseServer_SetItsPoolAside() =>
        Of("1024", ("ConnectionStrings:Platform", "Host=db;Maximum Pool Size=100")).Total(new LimitsOptions()).ShouldBe(412);

    [Theory]
    [InlineData("575", null, "The limit of open files is 575; 512 are set aside for the process itself, and 64 connections are the least. Raise it to 576 or more (ulimit -n")]
    [InlineData("1024", 513, "Platform:Limits:MaxConnections is 513, but the limit of open files, 1024, leaves 512 beside the 512 of the process itself. Lower it, or raise the limit to 1025")]
    public void Validate_MoreThanTheMachineAllows_SaysWhatToDo(string limit, int? connections, string expected) =>
        Of(limit).Validate(null, new LimitsOptions { MaxConnections = connections }).FailureMessage.ShouldStartWith(expected);

    private static ConnectionBounds Of(string limit, params (string Key, string Value)[] settings)
    {
        using var proc = new ProcFolder(limit);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build();
        return new ConnectionBounds(proc.Read(), [new ReservedDescriptors(DatabaseConnections.Most(configuration))]);
    }
}
