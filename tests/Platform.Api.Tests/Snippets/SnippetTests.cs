using System.Security.Cryptography;
using System.Text;
using Platform.Api.Snippets;

namespace Platform.Api.Tests.Snippets;

public sealed class SnippetTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task Get_NewTenant_ShowsThePrimarySnippetAsPagesTakeItIn()
    {
        var owner = await host.NewTenantAsync();
        var snippet = (await host.SnippetAsync(owner)).ShouldBe(HttpStatusCode.OK);
        snippet.Json.GetProperty("primary").GetBoolean().ShouldBeTrue();
        snippet.Json.GetProperty("version").GetInt32().ShouldBe(1);
        snippet.Json.GetProperty("domains").GetArrayLength().ShouldBe(0);
        snippet.String("tag").ShouldBe($"""<script src="{snippet.String("scriptUrl")}" integrity="{snippet.String("integrity")}" crossorigin="anonymous" defer></script>""");
        snippet.String("loaderUrl").ShouldBe($"{host.Address.GetLeftPart(UriPartial.Authority)}/s/{snippet.String("id")}.js");
    }

    [Fact]
    public async Task AddDomain_ShowsHowItIsProven_AndVerifySaysWhatIsMissing()
    {
        await using var own = await new PlatformHost("--Platform:Snippets:NameServers:0=127.0.0.1:1").StartedAsync();
        var owner = await own.NewTenantAsync();
        var id = (await own.SnippetAsync(owner)).String("id")!;
        var added = (await own.AddDomainAsync(owner, id, "München.example.com")).ShouldBe(HttpStatusCode.OK).Json.GetProperty("domains")[0];
        added.GetProperty("domain").GetString().ShouldBe("xn--mnchen-3ya.example.com");
        added.GetProperty("status").GetString().ShouldBe("pending");
        var verification = added.GetProperty("verification");
        verification.GetProperty("txtName").GetString().ShouldBe("_platform-challenge.xn--mnchen-3ya.example.com");
        verification.GetProperty("fileUrl").GetString().ShouldBe("https://xn--mnchen-3ya.example.com/.well-known/platform-challenge");
        verification.GetProperty("txtValue").GetString().ShouldBe("platform-challenge=" + verification.GetProperty("fileContent").GetString());

        var verify = await own.SendAsync("POST", $"{SnippetCalls.PathOf(owner)}/{id}/domains/xn--mnchen-3ya.example.com/verify", token: owner.Token);
        verify.ShouldBeProblem(HttpStatusCode.BadRequest, "domain_not_proven").Errors.Select(error => error.Code).ShouldBe(["txt_unreachable", "file_unreachable"]);
        (await own.SendAsync("POST", $"{SnippetCalls.PathOf(owner)}/{id}/domains/other.example.com/verify", token: owner.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Domains_WhatTheyRefuse_HasItsCode()
    {
        var owner = await host.NewTenantAsync();
        var id = (await host.SnippetAsync(owner)).String("id")!;
        (await host.AddDomainAsync(owner, id, "10.0.0.1")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_domain");
        (await host.AddDomainAsync(owner, id, "www.example.com")).ShouldBe(HttpStatusCode.OK);
        (await host.AddDomainAsync(owner, id, "shop.example.com")).ShouldBeProblem(HttpStatusCode.Forbidden, "multi_domain_required");
        (await host.SendAsync("DELETE", $"{SnippetCalls.PathOf(owner)}/{id}/domains/www.example.com", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("DELETE", $"{SnippetCalls.PathOf(owner)}/{id}/domains/www.example.com", token: owner.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.AddDomainAsync(owner, id, "shop.example.com")).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("DELETE", $"{SnippetCalls.PathOf(owner)}/{id}", token: owner.Token)).ShouldBeProblem(HttpStatusCode.Conflict, "primary_snippet");
        (await host.SendAsync("POST", $"{SnippetCalls.PathOf(owner)}/{id}/rollback", token: owner.Token)).ShouldBeProblem(HttpStatusCode.Conflict, "no_such_version");
        (await host.SendAsync("POST", $"{SnippetCalls.PathOf(owner)}/{id}/rollback?version=x", token: owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task Create_WithAnIdempotencyKey_MakesOne()
    {
        var owner = await host.NewTenantAsync();
        var first = await host.SendAsync("POST", SnippetCalls.PathOf(owner), new { name = "Shop" }, owner.Token, headers: ("Idempotency-Key", "one"));
        var second = await host.SendAsync("POST", SnippetCalls.PathOf(owner), new { name = "Shop" }, owner.Token, headers: ("Idempotency-Key", "one"));
        first.ShouldBe(HttpStatusCode.Created);
        second.Text.ShouldBe(first.Text);
        (await host.SendAsync("GET", SnippetCalls.PathOf(owner), token: owner.Token)).Items.Length.ShouldBe(2);
        (await host.SendAsync("DELETE", $"{SnippetCalls.PathOf(owner)}/{first.String("id")}", token: owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("GET", $"{SnippetCalls.PathOf(owner)}/{first.String("id")}", token: owner.Token)).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact, Trait("Threat", "T59")]
    public async Task Script_ByItsHash_IsTheBytesThatIntegrityNames_ForEverAndForEverybody()
    {
        var owner = await host.NewTenantAsync();
        var snippet = await host.SnippetAsync(owner);
        var script = await host.SendAsync("GET", new Uri(snippet.String("scriptUrl")!).PathAndQuery);
        script.ShouldBe(HttpStatusCode.OK);
        ("sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script.Text)))).ShouldBe(snippet.String("integrity"));
        script.Header("Cache-Control").ShouldBe("public, max-age=31536000, immutable");
        script.Header("Cross-Origin-Resource-Policy").ShouldBe("cross-origin");
        script.Header("Access-Control-Allow-Origin").ShouldBe("*");
        script.Header("X-Content-Type-Options").ShouldBe("nosniff");
        script.ContentType.ShouldBe("text/javascript");
        script.Text.ShouldNotContain(owner.Slug);
        script.Text.ShouldNotContain("__PLATFORM_SNIPPET_SETTINGS__");

        (await host.SendAsync("GET", $"/s/{snippet.String("id")}/{new string('0', 64)}.js")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.SendAsync("GET", $"/s/{snippet.String("id")}/nothing.js")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
        (await host.SendAsync("GET", $"/s/{SnippetId.New()}.js")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found").Header("Cache-Control").ShouldBe("no-store");
        (await host.SendAsync("GET", "/s/nothing.js")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Script_ThatIsPublished_IsAskedForByItsTag_AndChangesWithPublicationAndRollback()
    {
        var owner = await host.NewTenantAsync();
        var snippet = await host.SnippetAsync(owner);
        var (path, loader) = ($"{SnippetCalls.PathOf(owner)}/{snippet.String("id")}", $"/s/{snippet.String("id")}.js");
        var first = (await host.SendAsync("GET", loader)).ShouldBe(HttpStatusCode.OK);
        first.Header("Cache-Control").ShouldBe("public, max-age=60, stale-if-error=86400");
        var tag = first.Header("ETag")!;
        (await host.SendAsync("GET", loader, headers: ("If-None-Match", tag))).ShouldBe(HttpStatusCode.NotModified).Text.ShouldBeEmpty();
        (await host.SendAsync("GET", loader, headers: ("If-None-Match", "\"other\""))).ShouldBe(HttpStatusCode.OK);

        (await host.SendAsync("PATCH", path, new { settings = new { warnBefore = "PT5M" } }, owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("GET", loader)).Text.ShouldBe(first.Text, "settings reach pages with a publication");
        (await host.SendAsync("POST", path + "/publish", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("version").GetInt32().ShouldBe(2);
        (await host.SendAsync("GET", loader, headers: ("If-None-Match", tag))).ShouldBe(HttpStatusCode.OK).Text.ShouldContain("\"warnBefore\":300");
        (await host.SendAsync("POST", path + "/rollback", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("version").GetInt32().ShouldBe(1);
        (await host.SendAsync("GET", loader)).Text.ShouldBe(first.Text);
    }

    [Fact]
    public async Task Script_SaysWhereItsSourceMapIs_AndAllSnippetsHaveTheSame()
    {
        var (one, other) = (await host.SnippetAsync(await host.NewTenantAsync()), await host.SnippetAsync(await host.NewTenantAsync()));
        var place = (await host.SendAsync("GET", new Uri(one.String("scriptUrl")!).PathAndQuery)).Header("SourceMap")!;
        place.ShouldMatch("^/s/maps/[0-9a-f]{64}\\.js\\.map$");
        (await host.SendAsync("GET", new Uri(other.String("loaderUrl")!).PathAndQuery)).Header("SourceMap").ShouldBe(place);

        var map = (await host.SendAsync("GET", place)).ShouldBe(HttpStatusCode.OK);
        place.ShouldContain(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(map.Text))));
        map.ContentType.ShouldBe("application/json");
        map.Json.GetProperty("version").GetInt32().ShouldBe(3);
        map.Json.GetProperty("sourcesContent").GetArrayLength().ShouldBe(map.Json.GetProperty("sources").GetArrayLength());
        map.Header("Cache-Control").ShouldBe("public, max-age=31536000, immutable");
        map.Header("Access-Control-Allow-Origin").ShouldBe("*");
        map.Header("Cross-Origin-Resource-Policy").ShouldBe("cross-origin");
        map.Header("SourceMap").ShouldBeNull();
        (await host.SendAsync("GET", place, headers: ("If-None-Match", map.Header("ETag")!))).ShouldBe(HttpStatusCode.NotModified).Text.ShouldBeEmpty();

        (await host.SendAsync("GET", $"/s/maps/{new string('0', 64)}.js.map")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found").Header("Cache-Control").ShouldBe("no-store");
        (await host.SendAsync("GET", $"/s/{one.String("id")}/{new string('0', 64)}.js.map")).ShouldBeProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public void ScriptMap_FitsTheBuiltScriptWithSettingsOnly()
    {
        var map = new ScriptMap();
        var script = Platform.Snippets.SnippetScript.Compose(SnippetId.New(), 3, new Platform.Snippets.SnippetSettings()).AsSpan();
        map.Fits(script).ShouldBeTrue();
        map.Fits([.. script, (byte)' ']).ShouldBeFalse();
        map.Fits([(byte)' ', .. script]).ShouldBeFalse();
        map.Fits(script[..^2]).ShouldBeFalse();
        map.Fits("console.log(1);"u8).ShouldBeFalse();
    }

    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip;q=1.0, br;q=0", "gzip")]
    [InlineData("identity", null)]
    [InlineData("deflate", null)]
    public async Task ScriptAndItsMap_AreCompressedAsTheClientTakesThem(string accepted, string? expected)
    {
        var snippet = await host.SnippetAsync(await host.NewTenantAsync());
        var script = new Uri(snippet.String("scriptUrl")!).PathAndQuery;
        await ShouldBeCompressedAsync(script, accepted, expected);
        await ShouldBeCompressedAsync((await host.SendAsync("GET", script)).Header("SourceMap")!, accepted, expected);
    }

    private async Task ShouldBeCompressedAsync(string path, string accepted, string? expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        using var response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        response.Content.Headers.ContentEncoding.SingleOrDefault().ShouldBe(expected);
        response.Headers.Vary.ShouldBe(["Accept-Encoding"]);
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using Stream plain = expected switch
        {
            "br" => new System.IO.Compression.BrotliStream(body, System.IO.Compression.CompressionMode.Decompress),
            "gzip" => new System.IO.Compression.GZipStream(body, System.IO.Compression.CompressionMode.Decompress),
            _ => body,
        };
        using var reader = new StreamReader(plain);
        (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe((await host.SendAsync("GET", path)).Text);
    }
}
