using Platform.Api.Tests.ForwardedHeaders;

namespace Platform.Api.Tests.ApiKeys;

/// <summary>IP rules for API keys (row IPRULES).</summary>
public sealed class ApiKeyAddressTests(ProxiedHost host) : IClassFixture<ProxiedHost>
{
    private const string Office = "198.51.100.7";
    private const string Elsewhere = "203.0.113.9";

    [Fact]
    [Trait("Threat", "T64")]
    public async Task Key_FromAnAddressThatARuleRefuses_IsRefusedThereAndLivesOnElsewhere()
    {
        var owner = await host.NewTenantAsync("enterprise");
        var key = await host.NewKeyAsync(owner, "read", "introspect");
        (await host.ChangeTenantAsync(owner.Slug, new { features = new { ipRules = true } })).ShouldBe(HttpStatusCode.OK);
        (await ReadAsync(Elsewhere)).ShouldBe(HttpStatusCode.OK);

        (await SetAsync(new { cidr = Office, action = "allow", appliesTo = "api-keys" })).ShouldBe(HttpStatusCode.OK);

        for (var i = 0; i < 2; i++)
        {
            (await ReadAsync(Elsewhere)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
            (await ReadAsync(Office)).ShouldBe(HttpStatusCode.OK);
        }

        // A rule about the session's owner says nothing about where the back end is that asks.
        (await SetAsync(new { cidr = "192.0.2.0/24", action = "deny", appliesTo = $"user:{owner.Id}" })).ShouldBe(HttpStatusCode.OK);
        (await host.SendFromAsync("192.0.2.1", "POST", "/v1/introspect/batch", new { tokens = new[] { owner.Token } }, key.Text))
            .ShouldBe(HttpStatusCode.OK).Json.GetProperty("results")[0].GetProperty("active").GetBoolean().ShouldBeTrue();

        Task<Answer> ReadAsync(string from) => host.SendFromAsync(from, "GET", $"/v1/tenants/{owner.Slug}", token: key.Text);

        Task<Answer> SetAsync(object rule) => host.SendFromAsync(Office, "PUT", $"/v1/tenants/{owner.Slug}/ip-rules", new { rules = new[] { rule } }, owner.Token);
    }
}
