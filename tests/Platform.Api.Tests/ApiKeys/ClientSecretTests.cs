using System.Text;
using Platform.Api.Tests.Tokens;

namespace Platform.Api.Tests.ApiKeys;

/// <summary>An API key as the client secret of OAuth (RFC 6749, 2.3.1) at introspection (RFC 7662).</summary>
public sealed class ClientSecretTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    private const string BasicChallenge = "Basic realm=\"platform\", charset=\"UTF-8\"";

    [Fact]
    public async Task Introspect_BySecretInHeaderOrForm_AnswersAsByBearer()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");
        var expected = (await host.IntrospectAsync(key.Text, owner.Token)).ShouldBe(HttpStatusCode.OK).Text;
        expected.ShouldContain("\"active\":true");

        foreach (var basic in new[] { Basic(key.Id, key.Text), Basic(EncodeAll(key.Id), EncodeAll(key.Text)), Basic(EncodeAll(key.Id).ToUpperInvariant().Replace('Y', 'y'), key.Text), Basic(key.Id, key.Text).Replace("Basic ", "bAsIc   ", StringComparison.Ordinal) })
        {
            (await host.SendAsync("POST", "/v1/introspect", Form(owner.Token), headers: ("Authorization", basic))).ShouldBe(HttpStatusCode.OK).Text.ShouldBe(expected, basic);
        }

        (await host.SendAsync("POST", "/v1/introspect", Form(owner.Token, ("client_id", key.Id), ("client_secret", key.Text)))).ShouldBe(HttpStatusCode.OK).Text.ShouldBe(expected);
        (await host.SendAsync("POST", "/v1/introspect", Form(owner.Token, ("client_id", key.Id)), headers: ("Authorization", Basic(key.Id, key.Text)))).ShouldBe(HttpStatusCode.OK).Text.ShouldBe(expected);
        (await host.SendAsync("POST", "/v1/introspect", Form(owner.Token, ("client_id", key.Id)), key.Text)).ShouldBe(HttpStatusCode.OK).Text.ShouldBe(expected);
        (await host.SendAsync("POST", "/v1/introspect/batch", new { tokens = new[] { owner.Token } }, headers: ("Authorization", Basic(key.Id, key.Text)))).ShouldBe(HttpStatusCode.OK)
            .Text.ShouldBe($"{{\"results\":[{expected}]}}");
    }

    /// <summary>Whoever has an id, or the secret of another key, learns nothing of either.</summary>
    [Fact]
    [Trait("Threat", "T42"), Trait("Threat", "T44")]
    public async Task Introspect_IdAndSecretNotOfOneKey_IsOneAnswerWhicheverIsWrong()
    {
        var (owner, stranger) = (await host.NewTenantAsync(), await host.NewTenantAsync());
        var (key, other, foreign) = (await host.NewKeyAsync(owner, "introspect"), await host.NewKeyAsync(owner, "introspect"), await host.NewKeyAsync(stranger, "introspect"));
        var deleted = await host.NewKeyAsync(owner, "introspect");
        (await host.DeleteKeyAsync(owner, deleted.Id)).ShouldBe(HttpStatusCode.NoContent);
        var unknown = PrefixedId.New<ApiKeyId>(TimeProvider.System).ToString();
        (string Id, string Secret)[] wrong =
        [
            (key.Id, other.Text), (other.Id, key.Text), (foreign.Id, key.Text), (unknown, key.Text), (key.Id, ApiKeyTextTests.MadeUp()), (unknown, "x"), ("", key.Text), (key.Id, ""),
            (key.Id.ToUpperInvariant(), key.Text), (key.Id + " ", key.Text), (key.Text, key.Id), (deleted.Id, deleted.Text), (owner.Username, owner.Password), (key.Id, owner.Token), ("%zz", key.Text), (key.Id, key.Text + "%"),
        ];
        Answer? first = null;

        foreach (var (id, secret) in wrong)
        {
            var basic = await host.SendAsync("POST", "/v1/introspect", Form(owner.Token), headers: ("Authorization", Basic(id, secret)));
            basic.ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid").Header("WWW-Authenticate").ShouldBe(BasicChallenge);
            var post = (await host.SendAsync("POST", "/v1/introspect", Form(owner.Token, ("client_id", id), ("client_secret", secret)))).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
            first ??= basic;
            basic.Comparable.ShouldBe(first.Comparable, id);
            post.Json.GetProperty("error").GetString().ShouldBe("invalid_client");
        }

        first!.Json.GetProperty("error").GetString().ShouldBe("invalid_client");
        (await host.SendAsync("POST", "/v1/introspect", Form(owner.Token, ("client_id", other.Id)), key.Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
        (await host.SendAsync("POST", "/v1/introspect", Form(owner.Token, ("client_id", other.Id)), headers: ("Authorization", Basic(key.Id, key.Text)))).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
        (await host.SendAsync("POST", "/v1/introspect", Form(owner.Token, ("client_secret", key.Text)))).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
        (await host.SendAsync("POST", "/v1/introspect", Form(owner.Token, ("client_id", key.Id)))).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
    }

    [Fact]
    public async Task Introspect_Unauthorized_NamesTheSchemeThatCame()
    {
        (string? Sent, string[] Challenges)[] cases =
        [
            ("Bearer x", ["Bearer"]), ("bearer", ["Bearer"]), ("Basic eDp5", [BasicChallenge]), ("basic", [BasicChallenge]), ("Basic !", [BasicChallenge]), ("Basic eA==", [BasicChallenge]),
            (null, [BasicChallenge, "Bearer"]), ("Digest x", [BasicChallenge, "Bearer"]), ("Basically eDp5", [BasicChallenge, "Bearer"]),
        ];
        foreach (var path in new[] { "/v1/introspect", "/v1/introspect/batch" })
        {
            foreach (var (sent, challenges) in cases)
            {
                (string, string)[] headers = sent is null ? [] : [("Authorization", sent)];
                var answer = (await host.SendAsync("POST", path, Form("x"), headers: headers)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
                answer.Headers.GetValues("WWW-Authenticate").ShouldBe(challenges, sent);
            }
        }
    }

    /// <summary>RFC 6749, 2.3: not more than one method in a request; each alone would do.</summary>
    [Fact]
    [Trait("Threat", "T90")]
    public async Task Introspect_SeveralMethods_IsInvalidRequestWhateverTheyHold()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "introspect");
        (string, string)[] post = [("client_id", key.Id), ("client_secret", key.Text)];
        (HttpContent Body, (string, string)[] Headers)[] cases =
        [
            (Form(owner.Token, post), [("Authorization", Basic(key.Id, key.Text))]),
            (Form(owner.Token, post), [("Authorization", "Bearer " + key.Text)]),
            (Form(owner.Token, post), [("Authorization", "Bearer x")]),
            (Form(owner.Token, ("client_secret", "")), [("Authorization", Basic(key.Id, key.Text))]),
            (Form(owner.Token, [.. post, ("client_secret", key.Text)]), []),
            (Form(owner.Token, [.. post, ("client_id", key.Id)]), []),
            (Form(owner.Token), [("Authorization", Basic(key.Id, key.Text)), ("Authorization", "Bearer " + key.Text)]),
        ];

        foreach (var (body, headers) in cases)
        {
            var answer = (await host.SendAsync("POST", "/v1/introspect", body, headers: headers)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
            answer.Errors.ShouldBe([("", "several_credentials")]);
            answer.Json.GetProperty("error").GetString().ShouldBe("invalid_request");
            answer.Text.ShouldNotContain(key.Text);
        }
    }

    [Fact]
    [Trait("Threat", "T49")]
    public async Task Introspect_KeyWithoutTheScope_IsForbiddenAsSecretToo()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "read", "audit");

        (await host.SendAsync("POST", "/v1/introspect", Form(owner.Token), headers: ("Authorization", Basic(key.Id, key.Text)))).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
        (await host.SendAsync("POST", "/v1/introspect", Form(owner.Token, ("client_id", key.Id), ("client_secret", key.Text)))).ShouldBeProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    /// <summary>Everywhere else a key is a bearer token and nothing more.</summary>
    [Fact]
    [Trait("Threat", "T42")]
    public async Task OtherCalls_KeyAsSecret_IsRefused()
    {
        var owner = await host.NewTenantAsync();
        var key = await host.NewKeyAsync(owner, "read", "audit", "introspect");

        foreach (var path in new[] { $"/v1/tenants/{owner.Slug}", $"/v1/tenants/{owner.Slug}/users", $"/v1/tenants/{owner.Slug}/audit-events", "/v1/session" })
        {
            (await host.SendAsync("GET", path, headers: ("Authorization", Basic(key.Id, key.Text)))).ShouldBeProblem(HttpStatusCode.Unauthorized, "session_invalid");
        }

        (await host.SendAsync("POST", "/v1/introspect/batch", Form("x", ("client_id", key.Id), ("client_secret", key.Text)))).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
    }

    private static string Basic(string id, string secret) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"));

    /// <summary>Every character, as no client does and each may.</summary>
    private static string EncodeAll(string text) => string.Concat(text.Select(c => $"%{(int)c:x2}"));

    private static FormUrlEncodedContent Form(string token, params (string Name, string Value)[] more) =>
        new FormUrlEncodedContent([new("token", token), .. more.Select(one => KeyValuePair.Create(one.Name, one.Value))]);
}
