using Duende.IdentityModel.Client;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Validation;
using Platform.Api.Hosting;

namespace Platform.Api.Tests.StandardClients;

/// <summary>Clients of RFC 7662 that others wrote, with what they find out by RFC 8414 and nothing made by hand.</summary>
public sealed class StandardClientTests(PlatformHost host) : IClassFixture<PlatformHost>, IClassFixture<NodeClients>
{
    private string Issuer => host.Address.GetLeftPart(UriPartial.Authority);

    [Fact]
    public async Task Metadata_SaysHowToIntrospectAndThatThereIsNoGrant()
    {
        var answer = (await host.SendAsync("GET", "/.well-known/oauth-authorization-server")).ShouldBe(HttpStatusCode.OK);

        answer.ContentType.ShouldBe("application/json");
        answer.Header("Cache-Control").ShouldBe("no-store", "it repeats the host that was asked");
        answer.Text.ShouldBe(
            $$"""
            {"issuer":"{{Issuer}}","introspection_endpoint":"{{Issuer}}/v1/introspect","introspection_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post","Bearer"],"scopes_supported":["manage-users","collaborate","edit","read","operate"],"response_types_supported":[],"grant_types_supported":[],"service_documentation":"{{Issuer}}/docs"}
            """);
        (await host.SendAsync("GET", "/.well-known/oauth-authorization-server?x=1")).Errors.ShouldBe([("?x", "unknown_parameter")]);
        (await host.SendAsync("POST", "/.well-known/oauth-authorization-server")).ShouldBeProblem(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
    }

    [Fact]
    public async Task NodeClients_LiveAndForeignSession_ReadBothAnswers()
    {
        var (owner, stranger) = (await host.NewTenantAsync(), await host.NewTenantAsync());
        var key = await host.NewKeyAsync(owner, "introspect");

        var live = await NodeClients.IntrospectAsync(host, key, owner.Token);
        var foreign = await NodeClients.IntrospectAsync(host, key, stranger.Token);

        live.Count.ShouldBe(4);
        foreach (var (client, answer) in live)
        {
            answer.ToString().ShouldContain("\"active\":true", Case.Sensitive, client);
            (answer.GetProperty("sub").GetString(), answer.GetProperty("scope").GetString(), answer.GetProperty("iss").GetString()).ShouldBe((owner.Id, "manage-users collaborate edit read", Issuer), client);
        }

        foreach (var (client, answer) in foreign) answer.ToString().ShouldBe("{\"active\":false}", client);
    }

    [Fact]
    public async Task NodeClients_WrongSecret_AreRefusedWithAChallenge()
    {
        var owner = await host.NewTenantAsync();
        var (key, other) = (await host.NewKeyAsync(owner, "introspect"), await host.NewKeyAsync(owner, "introspect"));

        var answers = await NodeClients.IntrospectAsync(host, other with { Text = key.Text }, owner.Token);

        answers.Count.ShouldBe(4);
        foreach (var (client, answer) in answers) (answer.GetProperty("status").GetInt32(), answer.GetProperty("challenge").GetString()).ShouldBe((401, "basic"), client);
    }

    [Theory]
    [InlineData(ClientCredentialStyle.AuthorizationHeader, BasicAuthenticationHeaderStyle.Rfc6749)]
    [InlineData(ClientCredentialStyle.AuthorizationHeader, BasicAuthenticationHeaderStyle.Rfc2617)]
    [InlineData(ClientCredentialStyle.PostBody, BasicAuthenticationHeaderStyle.Rfc6749)]
    public async Task DuendeIdentityModel_EachStyle_ReadsTheAnswer(ClientCredentialStyle style, BasicAuthenticationHeaderStyle header)
    {
        var (owner, stranger) = (await host.NewTenantAsync(), await host.NewTenantAsync());
        var key = await host.NewKeyAsync(owner, "introspect");

        var live = await IntrospectAsync(owner.Token);
        var foreign = await IntrospectAsync(stranger.Token);

        (live.IsError, live.IsActive).ShouldBe((false, true), live.Error);
        live.Claims.Where(claim => claim.Type == "scope").Select(claim => claim.Value).ShouldBe(["manage-users", "collaborate", "edit", "read"]);
        (foreign.IsError, foreign.IsActive).ShouldBe((false, false), foreign.Error);
        (await IntrospectAsync(owner.Token, key.Text[..^1])).HttpStatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        async Task<TokenIntrospectionResponse> IntrospectAsync(string token, string? secret = null)
        {
            using var request = new TokenIntrospectionRequest
            {
                Address = $"{Issuer}/v1/introspect", ClientId = key.Id, ClientSecret = secret ?? key.Text, Token = token, ClientCredentialStyle = style, AuthorizationHeaderStyle = header,
            };
            return await host.Client.IntrospectTokenAsync(request);
        }
    }

    [Theory]
    [InlineData(OpenIddictConstants.ClientAuthenticationMethods.ClientSecretBasic)]
    [InlineData(OpenIddictConstants.ClientAuthenticationMethods.ClientSecretPost)]
    public async Task OpenIddictValidation_LiveAndForeignSession_AcceptsAndRefuses(string method)
    {
        var (owner, stranger) = (await host.NewTenantAsync(), await host.NewTenantAsync());
        var key = await host.NewKeyAsync(owner, "introspect");
        await using var services = OpenIddict(key, method);
        var validation = services.GetRequiredService<OpenIddictValidationService>();

        var principal = await validation.ValidateAccessTokenAsync(owner.Token);

        principal.GetClaim(OpenIddictConstants.Claims.Subject).ShouldBe(owner.Id);
        principal.GetScopes().ShouldBe(["manage-users", "collaborate", "edit", "read"], ignoreOrder: true);
        await Should.ThrowAsync<OpenIddictExceptions.ProtocolException>(async () => await validation.ValidateAccessTokenAsync(stranger.Token));
    }

    /// <summary>It is told what the metadata say: by itself it reads them only from servers that have signing keys.</summary>
    private ServiceProvider OpenIddict(TestKey key, string method)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddOpenIddict().AddValidation(options =>
        {
            options.SetIssuer(Issuer);
            options.Configure(validation => validation.TimeProvider = host.Time);
            options.SetConfiguration(new OpenIddictConfiguration
            {
                Issuer = new Uri(Issuer), IntrospectionEndpoint = new Uri($"{Issuer}/v1/introspect"), IntrospectionEndpointAuthMethodsSupported = { method },
            });
            options.UseIntrospection().SetClientId(key.Id).SetClientSecret(key.Text);
#pragma warning disable MA0039 // Trusts exactly the host's certificate, as all calls of these tests do.
            options.UseSystemNetHttp(http => http.ConfigureHttpClientHandler(handler => handler.ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
                certificate?.Thumbprint == host.Service<ServerCertificate>().Value.Thumbprint));
#pragma warning restore MA0039
        });
        return services.BuildServiceProvider();
    }
}
