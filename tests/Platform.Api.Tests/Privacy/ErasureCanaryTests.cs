using Platform.Api.Tests.SecondFactors;
using Platform.Tests;

namespace Platform.Api.Tests.Privacy;

/// <summary>After an erasure the whole database is searched, byte by byte, for what was typed.</summary>
public sealed class ErasureCanaryTests
{
    private static readonly string[] Canaries = ["kanarienvogel", "kanarien@example.com", "hagebutte@example.com", "Kanarien-Browser"];

    [Fact, Trait("Threat", "T52")]
    public async Task Erase_WhateverWasTypedOfTheUser_IsNowhereInTheDatabase()
    {
        var host = new PlatformHost();
        await host.InitializeAsync();
        var number = SecondFactorCalls.NewNumber();
        var owner = await host.NewTwoFactorTenantAsync();
        var token = await LiveAsync();
        (await host.PeekAsync(token.Token)).ShouldBe(HttpStatusCode.OK);

        (await host.EraseAsync(token, owner.Token)).ShouldBe(HttpStatusCode.Accepted).Json.GetProperty("completedAt").ValueKind.ShouldBe(JsonValueKind.String);

        // At once, with the platform still running, and again when it has ended and folded its log.
        if (!TestDatabases.ArePostgres) Search(await TestDatabases.DumpAsync(host.Folder));
        await host.DisposeStartedAsync();
        Search(await TestDatabases.DumpAsync(host.Folder));
        await host.RemoveDataAsync();

        async Task<TestUser> LiveAsync()
        {
            (await host.SendAsync(
                "POST",
                $"/v1/tenants/{owner.Slug}/users",
                new { username = "kanarienvogel", email = "kanarien@example.com", password = PlatformHostCalls.Password, role = "editor" },
                owner.Token,
                null,
                ("Idempotency-Key", "canary-1"))).ShouldBe(HttpStatusCode.Created);
            var signedIn = (await host.SendAsync(
                "POST", "/v1/sign-in", new { tenant = owner.Slug, username = "Kanarienvogel", password = PlatformHostCalls.Password, transport = "token" }, null, null, ("User-Agent", "Kanarien-Browser")))
                .ShouldBe(HttpStatusCode.OK);
            var user = owner with { Id = signedIn.Json.GetProperty("session").GetProperty("userId").GetString()!, Username = "kanarienvogel", Token = signedIn.String("token")! };
            await host.TrySignInAsync(owner.Slug, "KANARIENVOGEL", "Wrong-Harbour-71");
            (await host.SendAsync("PATCH", PrivacyCalls.PathOf(user), new { email = "hagebutte@example.com" }, owner.Token)).ShouldBe(HttpStatusCode.OK);
            (await host.SendAsync("POST", "/v1/password/forgot", new { tenant = owner.Slug, username = "kanarienvogel" })).ShouldBe(HttpStatusCode.Accepted);
            await host.WithPhoneAsync(user, number);
            return user;
        }

        void Search(string dump)
        {
            dump.ShouldContain(token.Id, Case.Sensitive, "the search finds what is there");
            foreach (var canary in Canaries.Append(number)) dump.ShouldNotContain(canary, Case.Insensitive);
        }
    }
}
