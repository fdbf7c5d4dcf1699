namespace Platform.Api.Tests.Paging;

public sealed class PagingTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    [Fact]
    public async Task Pages_FollowedToTheEnd_HoldEverybodyOnceInOrder()
    {
        var owner = await host.NewTenantAsync();
        foreach (var name in new[] { "cid", "ann", "bea" })
        {
            host.Time.Advance(TimeSpan.FromMilliseconds(1));
            await host.NewUserAsync(owner, name, "viewer");
        }

        var names = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users?limit=1{(cursor is null ? "" : $"&cursor={cursor}")}", token: owner.Token)).ShouldBe(HttpStatusCode.OK);
            page.Items.Length.ShouldBe(1);
            names.Add(page.Items[0].GetProperty("username").GetString()!);
            cursor = page.String("nextCursor");
        }
        while (cursor is not null && names.Count < 10);

        names.ShouldBe(["owner", "cid", "ann", "bea"]);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("limit=-1")]
    [InlineData("limit=+5")]
    [InlineData("limit=1e2")]
    [InlineData("limit=99999999999999999999")]
    [InlineData("limit=")]
    [InlineData("limit=5&limit=6")]
    [InlineData("cursor=")]
    [InlineData("cursor=AAAA")]
    [InlineData("cursor=%00")]
    [InlineData("cursor=a&cursor=b")]
    [Trait("Threat", "T90")]
    public async Task Query_OutOfBounds_Is400(string query)
    {
        var owner = await host.NewTenantAsync();

        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users?{query}", token: owner.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    [Trait("Threat", "T51")]
    public async Task Cursor_OfAnotherTenantOrList_OrWithAFlippedByte_Is400()
    {
        var mine = await host.NewTenantAsync();
        var theirs = await host.NewTenantAsync();
        await host.NewUserAsync(mine, "ann", "viewer");
        var cursor = (await host.SendAsync("GET", $"/v1/tenants/{mine.Slug}/users?limit=1", token: mine.Token)).String("nextCursor")!;
        var flipped = cursor[..^1] + (cursor[^1] == 'A' ? 'B' : 'A');

        (await host.SendAsync("GET", $"/v1/tenants/{theirs.Slug}/users?cursor={cursor}", token: theirs.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await host.SendAsync("GET", $"/v1/me/sessions?cursor={cursor}", token: mine.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await host.SendAsync("GET", $"/v1/tenants/{mine.Slug}/users?cursor={flipped}", token: mine.Token)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid_request");
        (await host.SendAsync("GET", $"/v1/tenants/{mine.Slug}/users?cursor={cursor}", token: mine.Token)).ShouldBe(HttpStatusCode.OK);
    }
}
