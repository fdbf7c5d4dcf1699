namespace Platform.Api.Tests.Tenants;

/// <summary>Where vulnerabilities may be looked for is seen without asking (row VULN).</summary>
[Trait("Threat", "T87")]
public sealed class SecurityTestingTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string Header = "Security-Testing";

    [Theory]
    [InlineData("trial", "allowed")]
    [InlineData("developer", "allowed")]
    [InlineData("standard", null)]
    [InlineData("enterprise", null)]
    public async Task Tenant_OfEachEdition_AndAnswersToItsSessions_SayWhetherItIsAllowed(string edition, string? header)
    {
        var owner = await host.NewTenantAsync(edition);

        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}", token: owner.Token)).String("securityTesting").ShouldBe(header ?? "not_allowed");
        (await host.TrySignInAsync(owner.Slug, "owner", owner.Password)).Header(Header).ShouldBe(header);
        (await host.PeekAsync(owner.Token)).Header(Header).ShouldBe(header);
        (await host.TouchAsync(owner.Token)).Header(Header).ShouldBe(header);
        (await host.SendAsync("GET", "/v1/me", token: owner.Token)).Header(Header).ShouldBe(header);
        (await host.SendAsync("GET", "/v1/tenants/platform/users", token: owner.Token)).ShouldBe(HttpStatusCode.NotFound).Header(Header).ShouldBe(header);
    }

    /// <summary>The next answer of a session that lives already.</summary>
    [Fact]
    public async Task Edition_Changed_HoldsForTheNextAnswer()
    {
        var owner = await host.NewTenantAsync("trial");
        (await host.PeekAsync(owner.Token)).Header(Header).ShouldBe("allowed");

        (await host.ChangeTenantAsync(owner.Slug, new { edition = "standard" })).ShouldBe(HttpStatusCode.OK).String("securityTesting").ShouldBe("not_allowed");

        (await host.PeekAsync(owner.Token)).Header(Header).ShouldBeNull();
    }

    [Fact]
    public async Task Answer_ToNobody_SaysNothing()
    {
        (await host.PeekAsync(null)).ShouldBe(HttpStatusCode.Unauthorized).Header(Header).ShouldBeNull();
        (await host.SendAsync("GET", "/docs")).Header(Header).ShouldBeNull();
    }
}
