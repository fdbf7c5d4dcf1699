namespace Platform.Api.Tests.ApiKeys;

public sealed class ApiKeyExpiryTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task Create_WithExpiresAt_ShowsItInUtcAtOnceAndInLists()
    {
        var owner = await host.NewTenantAsync();

        var made = (await TryCreateAsync(owner, "2027-01-31T14:00:00.5+02:00")).ShouldBe(HttpStatusCode.Created);

        made.String("expiresAt").ShouldBe("2027-01-31T12:00:00.5Z");
        (await ListAsync(owner)).ShouldHaveSingleItem().GetProperty("expiresAt").GetString().ShouldBe("2027-01-31T12:00:00.5Z");
        (await TryCreateAsync(owner, null)).ShouldBe(HttpStatusCode.Created).Json.GetProperty("expiresAt").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory, Trait("Threat", "T90")]
    [InlineData("2026-01-01T00:00:00Z", "out_of_range")]
    [InlineData("0001-01-01T00:00:00Z", "out_of_range")]
    [InlineData("2036-03-02T12:00:00Z", "out_of_range")]
    [InlineData("9999-12-31T23:59:59Z", "out_of_range")]
    [InlineData("2027-01-31", "wrong_type")]
    [InlineData("2027-01-31T12:00:00", "wrong_type")]
    [InlineData("2027-02-30T12:00:00Z", "wrong_type")]
    [InlineData(" 2027-01-31T12:00:00Z", "wrong_type")]
    [InlineData("never", "wrong_type")]
    [InlineData("", "wrong_type")]
    [InlineData(1_800_000_000, "wrong_type")]
    [InlineData(true, "wrong_type")]
    public async Task Create_FaultyExpiresAt_NamesItAndMakesNothing(object expiresAt, string code)
    {
        var owner = await host.NewTenantAsync();

        (await TryCreateAsync(owner, expiresAt)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request").Errors.ShouldBe([("/expiresAt", code)]);

        (await ListAsync(owner)).ShouldBeEmpty();
    }

    [Fact, Trait("Threat", "T39")]
    public async Task Key_FromItsEndOn_IsAnsweredAsOneThatDoesNotExist()
    {
        var owner = await host.NewTenantAsync();
        var gone = await host.NewKeyAsync(owner, "introspect", "read");
        (await host.DeleteKeyAsync(owner, gone.Id)).ShouldBe(HttpStatusCode.NoContent);
        var made = (await TryCreateAsync(owner, host.Time.GetUtcNow().AddMinutes(10))).ShouldBe(HttpStatusCode.Created);
        var (id, key) = (made.String("id"), made.String("key")!);

        host.Time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        foreach (var call in Calls(owner)) (await call(key)).ShouldBe(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromTicks(1));

        await ShouldBeUnknownAsync();
        host.Time.StepBack(TimeSpan.FromMinutes(5));
        await ShouldBeUnknownAsync();
        (await ListAsync(owner)).ShouldHaveSingleItem().GetProperty("id").GetString().ShouldBe(id, "managers see it until somebody deletes it");
        (await host.DeleteKeyAsync(owner, id!)).ShouldBe(HttpStatusCode.NoContent);

        async Task ShouldBeUnknownAsync()
        {
            foreach (var call in Calls(owner))
            {
                var absent = (await call(gone.Text)).ShouldBeProblem(HttpStatusCode.Unauthorized, "api_key_invalid");
                (await call(key)).Comparable.ShouldBe(absent.Comparable);
            }
        }
    }

    private IEnumerable<Func<string, Task<Answer>>> Calls(TestUser owner) =>
    [
        key => host.IntrospectAsync(key, owner.Token),
        key => host.IntrospectAsync(key, [owner.Token]),
        key => host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users", token: key),
    ];

    private Task<Answer> TryCreateAsync(TestUser owner, object? expiresAt) =>
        host.SendAsync("POST", $"/v1/tenants/{owner.Slug}/api-keys", new { name = "Back end", scopes = new[] { "introspect", "read" }, expiresAt }, owner.Token);

    private async Task<JsonElement[]> ListAsync(TestUser owner) =>
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/api-keys", token: owner.Token)).ShouldBe(HttpStatusCode.OK).Items;
}
