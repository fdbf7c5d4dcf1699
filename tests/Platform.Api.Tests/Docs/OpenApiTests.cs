using System.IO.Compression;

namespace Platform.Api.Tests.Docs;

public sealed class OpenApiTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task Document_IsOpenApi31WithSchemesAndEveryCodeThatIsEverAnswered()
    {
        var document = await host.ReadDocumentAsync();

        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");
        document.GetProperty("components").GetProperty("securitySchemes").EnumerateObject().Select(scheme => scheme.Name).ShouldBe(["cookie", "bearer", "pageCookie", "apiKey", "clientSecret", "statusToken"], ignoreOrder: true);
        var codes = document.GetProperty("components").GetProperty("schemas").GetProperty("Problem").GetProperty("properties").GetProperty("code").GetProperty("enum")
            .EnumerateArray().Select(code => code.GetString()).ToArray();
        foreach (var code in new[] { "session_invalid", "invalid_credentials", "not_found", "forbidden", "cross_origin", "password_policy", "username_taken", "slug_taken", "last_manager", "edition_required", "too_many_attempts", "invalid_code", "feature_required" })
        {
            codes.ShouldContain(code);
        }

        codes.ShouldBeUnique();
    }

    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/docs")]
    public async Task Document_AskedForAgain_IsTheSameBytesOrNotModified(string path)
    {
        using var first = await host.Client.GetAsync(path);
        using var second = await host.Client.GetAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(first.Headers.ETag.ShouldNotBeNull());
        using var known = await host.Client.SendAsync(request);

        (await second.Content.ReadAsByteArrayAsync()).ShouldBe(await first.Content.ReadAsByteArrayAsync());
        second.Headers.ETag.ShouldBe(first.Headers.ETag);
        known.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await known.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    /// <summary>Each form has an entity tag of its own, since it has bytes of its own.</summary>
    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/docs")]
    public async Task Document_OverASlowLine_IsCompressedOnce(string path)
    {
        var plain = (await host.SendAsync("GET", path)).ShouldBe(HttpStatusCode.OK);
        foreach (var encoding in (string[])["br", "gzip"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("Accept-Encoding", encoding);
            using var answer = await host.Client.SendAsync(request);

            answer.Content.Headers.ContentEncoding.ShouldBe([encoding]);
            answer.Headers.Vary.ShouldContain("Accept-Encoding");
            answer.Headers.ETag.ShouldNotBeNull().ShouldNotBe(plain.Message.Headers.ETag);
            var bytes = await answer.Content.ReadAsByteArrayAsync();
            bytes.Length.ShouldBeLessThan(100_000);
            await using var stream = encoding == "br" ? (Stream)new BrotliStream(new MemoryStream(bytes), CompressionMode.Decompress) : new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var text = new StreamReader(stream);
            (await text.ReadToEndAsync()).ShouldBe(plain.Text);

            using var again = new HttpRequestMessage(HttpMethod.Get, path);
            again.Headers.Add("Accept-Encoding", encoding);
            again.Headers.IfNoneMatch.Add(answer.Headers.ETag);
            using var known = await host.Client.SendAsync(again);
            known.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        }
    }

    [Fact]
    public async Task EveryOperation_HasSummaryAndProblemAnswers()
    {
        foreach (var operation in await host.ReadOperationsAsync())
        {
            operation.Json.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty($"{operation}");
            if (operation.Path.StartsWith("/v1", StringComparison.Ordinal)) operation.Json.GetProperty("responses").TryGetProperty("429", out _).ShouldBeTrue($"{operation}");
            foreach (var name in operation.Path.Split('{').Skip(1).Select(part => part.Split('}')[0]))
            {
                operation.Json.GetProperty("parameters").EnumerateArray().Count(p => p.GetProperty("name").GetString() == name).ShouldBe(1, $"{operation}");
            }

            if (operation.Method is "POST" or "PUT" or "PATCH" && operation.Json.TryGetProperty("requestBody", out var body))
            {
                body.GetProperty("content").EnumerateObject().Single().Value.TryGetProperty("example", out _).ShouldBeTrue($"{operation}");
            }
        }
    }

    /// <summary>The contract's calls of this part, each of them there and none more.</summary>
    [Fact]
    public async Task Operations_AreThoseOfTheContract() =>
        (await host.ReadOperationsAsync()).Select(operation => $"{operation}").Order(StringComparer.Ordinal).ShouldBe(
            new[]
            {
                "POST /v1/sign-in", "POST /v1/sign-in/second-factor", "POST /v1/sign-in/sms", "POST /v1/sign-in/new-password", "POST /v1/sign-out", "POST /v1/sessions/end", "GET /v1/session", "POST /v1/session/touch", "POST /v1/session/validate",
                "GET /v1/me", "GET /v1/me/sessions", "DELETE /v1/me/sessions/{id}", "DELETE /v1/me/sessions", "POST /v1/me/password", "POST /v1/me/email", "POST /v1/email/confirm", "POST /v1/invitations/accept", "POST /v1/tenants/{tenant}/users/{id}/invitation", "DELETE /v1/tenants/{tenant}/users/{id}/invitation",
                "POST /v1/me/totp", "POST /v1/tenants/{tenant}/second-factor/dry-run", "POST /v1/me/totp/confirm", "DELETE /v1/me/totp", "POST /v1/me/phone", "POST /v1/me/phone/confirm", "DELETE /v1/me/phone",
                "POST /v1/me/recovery-codes",
                "POST /v1/password/forgot", "POST /v1/password/reset",
                "POST /v1/operator/tenants", "GET /v1/operator/tenants", "GET /v1/operator/tenants/{tenant}", "PATCH /v1/operator/tenants/{tenant}", "DELETE /v1/operator/tenants/{tenant}",
                "GET /v1/operator/backups", "POST /v1/operator/backups", "GET /v1/operator/tenant-deletions", "GET /v1/operator/tenant-deletions/{id}", "GET /v1/tenants/{tenant}/export",
                "GET /v1/tenants/{tenant}", "PATCH /v1/tenants/{tenant}",
                "GET /v1/tenants/{tenant}/users", "POST /v1/tenants/{tenant}/users", "GET /v1/tenants/{tenant}/users/{id}", "PATCH /v1/tenants/{tenant}/users/{id}",
                "DELETE /v1/tenants/{tenant}/users/{id}", "DELETE /v1/tenants/{tenant}/sessions",
                "GET /v1/tenants/{tenant}/scenarios", "POST /v1/tenants/{tenant}/scenarios", "GET /v1/tenants/{tenant}/scenarios/{id}",
                "PUT /v1/tenants/{tenant}/scenarios/{id}", "DELETE /v1/tenants/{tenant}/scenarios/{id}",
                "POST /v1/tenants/{tenant}/scenarios/{id}/start", "POST /v1/tenants/{tenant}/scenarios/{id}/pause", "GET /v1/tenants/{tenant}/scenarios/{id}/history",
                "GET /v1/tenants/{tenant}/scenarios/{id}/comments", "POST /v1/tenants/{tenant}/scenarios/{id}/comments", "GET /v1/tenants/{tenant}/scenarios/{id}/grants",
                "PUT /v1/tenants/{tenant}/scenarios/{id}/grants/{userId}", "DELETE /v1/tenants/{tenant}/scenarios/{id}/grants/{userId}",
                "GET /v1/tenants/{tenant}/roles", "POST /v1/tenants/{tenant}/roles", "PUT /v1/tenants/{tenant}/roles/{name}", "DELETE /v1/tenants/{tenant}/roles/{name}",
                "GET /v1/tenants/{tenant}/api-keys", "POST /v1/tenants/{tenant}/api-keys", "DELETE /v1/tenants/{tenant}/api-keys/{id}",
                "POST /v1/tenants/{tenant}/api-keys/{id}/rotate", "POST /v1/tenants/{tenant}/api-keys/{id}/take-over",
                "GET /v1/tenants/{tenant}/support-grants", "POST /v1/tenants/{tenant}/support-grants", "DELETE /v1/tenants/{tenant}/support-grants/{id}",
                "POST /v1/tenants/{tenant}/support-grants/{id}/approve",
                "GET /v1/tenants/{tenant}/notification-templates", "GET /v1/tenants/{tenant}/notification-templates/{name}/{language}",
                "PUT /v1/tenants/{tenant}/notification-templates/{name}/{language}", "DELETE /v1/tenants/{tenant}/notification-templates/{name}/{language}",
                "POST /v1/tenants/{tenant}/notification-templates/{name}/{language}/preview",
                "POST /v1/introspect", "POST /v1/introspect/batch", "GET /.well-known/oauth-authorization-server",
                "PUT /v1/tenants/{tenant}/users/{id}/permissions", "GET /v1/tenants/{tenant}/users/{id}/sessions", "DELETE /v1/tenants/{tenant}/users/{id}/sessions",
                "GET /v1/tenants/{tenant}/audit-events", "GET /v1/tenants/{tenant}/audit-events/verify", "GET /v1/tenants/{tenant}/audit-events/checkpoints",
                "GET /v1/me/security-events",
                "POST /v1/tenants/{tenant}/users/{id}/password-reset", "DELETE /v1/tenants/{tenant}/users/{id}/second-factors",
                "GET /v1/tenants/{tenant}/ip-rules", "PUT /v1/tenants/{tenant}/ip-rules", "POST /v1/tenants/{tenant}/ip-rules/dry-run",
                "POST /v1/tenants/{tenant}/users/{id}/export", "POST /v1/tenants/{tenant}/users/{id}/erase",
                "GET /v1/tenants/{tenant}/erasures", "GET /v1/tenants/{tenant}/erasures/{id}",
                "GET /v1/tenants/{tenant}/snippets", "POST /v1/tenants/{tenant}/snippets", "GET /v1/tenants/{tenant}/snippets/{id}", "PATCH /v1/tenants/{tenant}/snippets/{id}",
                "DELETE /v1/tenants/{tenant}/snippets/{id}", "PUT /v1/tenants/{tenant}/snippets/{id}/domains/{domain}", "DELETE /v1/tenants/{tenant}/snippets/{id}/domains/{domain}",
                "POST /v1/tenants/{tenant}/snippets/{id}/domains/{domain}/verify", "POST /v1/tenants/{tenant}/snippets/{id}/publish", "POST /v1/tenants/{tenant}/snippets/{id}/rollback",
                "GET /s/{id}.js", "GET /s/{id}/{hash}.js", "GET /s/maps/{hash}.js.map",
                "POST /v1/snippets/{id}/sign-in", "POST /v1/snippets/{id}/sign-in/second-factor", "POST /v1/snippets/{id}/sign-in/sms", "GET /v1/snippets/{id}/session",
                "POST /v1/snippets/{id}/session/touch", "POST /v1/snippets/{id}/sign-out",
                "POST /v1/vulnerability-reports", "GET /v1/vulnerability-reports/{id}",
                "GET /v1/operator/vulnerability-reports", "GET /v1/operator/vulnerability-reports/{id}", "PATCH /v1/operator/vulnerability-reports/{id}",
                "POST /v1/operator/vulnerability-reports/{id}/comments", "GET /v1/operator/vulnerability-reports/{id}/export",
                "GET /v1/operator/vulnerability-reports/{id}/attachments/{number}",
                "GET /livez", "GET /readyz", "GET /openapi/v1.json", "GET /docs", "GET /docs/snippet", "GET /security", "GET /.well-known/security.txt",
            }.Order(StringComparer.Ordinal));

    /// <summary>Whatever the document says needs a session refuses a caller without one, whatever else is wrong with the call.</summary>
    [Fact]
    public async Task EveryOperationThatNeedsASession_RefusesWithoutOne()
    {
        var walked = 0;
        foreach (var operation in (await host.ReadOperationsAsync()).Where(operation => operation.NeedsASession))
        {
            var target = operation.Path.Replace("{tenant}", "platform", StringComparison.Ordinal).Replace("{id}", "x", StringComparison.Ordinal).Replace("{name}", "x", StringComparison.Ordinal);

            (await host.SendAsync(operation.Method, target)).ShouldBeProblem(HttpStatusCode.Unauthorized, operation.CodeForStrangers);
            (await host.SendAsync(operation.Method, target, operation.Method == "GET" ? null : "malformed", "forged")).ShouldBeProblem(HttpStatusCode.Unauthorized, operation.CodeForStrangers);
            walked++;
        }

        // At least: each part of the platform adds to it.
        walked.ShouldBeGreaterThanOrEqualTo(40);
    }
}
