using Map = System.Collections.Generic.Dictionary<string, object?>;

namespace Platform.Process.Tests.Operations;

/// <summary>What compose.yaml promises about zones (row DMZ). It is read here, not run.</summary>
[Trait("Database", "Unused")]
public sealed class ComposeTests
{
    private static readonly Map File = ComposeFile.Parse(System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "compose.yaml")));

    private static readonly Dictionary<string, Map> Services = ((Map)File["services"]!).ToDictionary(service => service.Key, service => (Map)service.Value!, StringComparer.Ordinal);

    private static IEnumerable<string> Apis => Services.Keys.Where(name => name.StartsWith("api-", StringComparison.Ordinal));

    private static IEnumerable<string> Silos => Services.Keys.Where(name => name.StartsWith("silo-", StringComparison.Ordinal));

    [Fact]
    [Trait("Row", "DMZ")]
    public void Networks_OfEachService_AreThoseOfNeighbouringZonesOnly()
    {
        Services.Keys.ShouldBe(["api-1", "api-2", "silo-1", "silo-2", "silo-3", "postgres"]);
        foreach (var api in Apis) NetworksOf(api).ShouldBe(["public", "application"], api);
        foreach (var silo in Silos) NetworksOf(silo).ShouldBe(["application", "data"], silo);
        NetworksOf("postgres").ShouldBe(["data"]);
        foreach (var inner in (string[])["application", "data"]) ((Map)((Map)File["networks"]!)[inner]!)["internal"].ShouldBe("true", inner);
    }

    [Fact]
    [Trait("Row", "DMZ"), Trait("Threat", "T80")]
    public void Ports_ArePublishedByApiHostsAlone()
    {
        Services.Where(service => service.Value.ContainsKey("ports")).Select(service => service.Key).ShouldBe(Apis, ignoreOrder: true);
        Services.Values.ShouldAllBe(service => !service.ContainsKey("network_mode") && !service.ContainsKey("expose") && !service.ContainsKey("privileged"));
    }

    [Fact]
    [Trait("Row", "DMZ")]
    public void ApiHosts_HaveNothingOfTheDatabase()
    {
        foreach (var api in Apis)
        {
            Environment(api).Keys.ShouldNotContain("ConnectionStrings__Platform");
            Strings(Services[api]["secrets"]).ShouldNotContain(secret => secret.Contains("database", StringComparison.Ordinal) || secret.Contains("postgres", StringComparison.Ordinal) || secret.Contains("silo", StringComparison.Ordinal));
        }
    }

    [Fact]
    [Trait("Row", "DMZ")]
    public void Environment_OfEachProcess_IsNamedByWhoStartsIt()
    {
        foreach (var process in Apis.Concat(Silos)) ((string)Environment(process)["Platform__Environment"]!).ShouldStartWith("${PLATFORM_ENVIRONMENT:?", Case.Sensitive, process);
    }

    [Fact]
    [Trait("Row", "DR"), Trait("Threat", "T80")]
    public void Silos_HaveFixedAddressesWithCertificates_InThreeAvailabilityZones()
    {
        var addresses = Silos.ToDictionary(silo => silo, silo => (string)((Map)((Map)Services[silo]["networks"]!)["application"]!)["ipv4_address"]!, StringComparer.Ordinal);
        addresses.Values.Distinct().Count().ShouldBe(3);
        foreach (var (silo, address) in addresses)
        {
            Environment(silo)["Platform__Cluster__Address"].ShouldBe(address);
            Environment(silo).Keys.ShouldContain("Platform__Cluster__Certificate__Path");
            Environment(silo).Keys.ShouldContain("Platform__Cluster__CertificateAuthority");
        }

        Silos.Select(silo => ((Map)Services[silo]["labels"]!)["platform.availability-zone"]).ShouldBe(["a", "b", "c"]);
        foreach (var api in Apis)
        {
            Environment(api).Where(setting => setting.Key.StartsWith("Platform__Cluster__Gateways__", StringComparison.Ordinal)).Select(setting => (string)setting.Value!)
                .ShouldBe(addresses.Values.Select(address => $"{address}:30000"));
        }
    }

    [Fact]
    public void Services_RunWithoutRights_AndAreStartedAgain()
    {
        foreach (var (name, service) in Services)
        {
            service["read_only"].ShouldBe("true", name);
            service["restart"].ShouldBe("unless-stopped", name);
            service.Keys.ShouldContain("healthcheck", name);
            Strings(service["security_opt"]).ShouldContain("no-new-privileges:true", name);
        }

        foreach (var process in Apis.Concat(Silos)) Strings(Services[process]["cap_drop"]).ShouldBe(["ALL"], process);
        Services.Values.SelectMany(service => Strings(service["secrets"])).Distinct().ShouldBe(((Map)File["secrets"]!).Keys, ignoreOrder: true);
    }

    private static Map Environment(string service) => (Map)Services[service]["environment"]!;

    private static IEnumerable<string> NetworksOf(string service) => Services[service]["networks"] is Map map ? map.Keys : Strings(Services[service]["networks"]);

    private static IEnumerable<string> Strings(object? list) => ((List<object?>)list!).Cast<string>();
}
