using Platform.Notifications;

namespace Platform.Api.Tests.Sessions;

/// <summary>What is typed need not be a name at all: then it is nobody's, whoever is registered (row LOGIN).</summary>
public sealed class ImpossibleNameTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    /// <summary>Short names that a program might take for "none". Registering them is allowed.</summary>
    private static readonly string[] Registered = ["-", "_", "*", "?", "0", "none", "null", "unknown", "invalid", "impossible", "anonymous"];

    public static TheoryData<string> Impossible => new(
        "no such name", "", " ", "\u200b", "\ufffe", "\uffff", "a\0", "- ", "-\u200b", "\u00ad-", "аdmin", new string('a', 65), new string('x', 5_000), "\ue000", "\u202e-");

    [Theory, Trait("Threat", "T12")]
    [MemberData(nameof(Impossible))]
    public async Task SignIn_WithATextThatIsNoName_IsNobodys(string typed)
    {
        var owner = await host.NewTenantAsync();
        foreach (var name in Registered) await RegisterAsync(owner, name);

        var answer = (await host.TrySignInAsync(owner.Slug, typed, ApiCalls.Password)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");

        answer.Comparable.ShouldBe((await host.TrySignInAsync(owner.Slug, "nobody", ApiCalls.Password)).Comparable);
        foreach (var name in Registered) (await host.TrySignInAsync(owner.Slug, name, ApiCalls.Password)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, Trait("Threat", "T3")]
    [MemberData(nameof(Impossible))]
    public async Task Forgot_WithATextThatIsNoName_Is202AndSendsNothing(string typed)
    {
        var owner = await host.NewTenantAsync();
        foreach (var name in Registered) await RegisterAsync(owner, name);

        (await host.SendAsync("POST", "/v1/password/forgot", new { tenant = owner.Slug, username = typed })).ShouldBe(HttpStatusCode.Accepted);

        await host.Service<NotificationWorker>().DeliverAsync(default);
        (await OutboxFiles.WaitForAsync(host.Folder, 0, message => message.Data.GetValueOrDefault("tenant") == owner.Slug)).ShouldBeEmpty();
    }

    [Theory, Trait("Threat", "T7")]
    [InlineData("no such name", "another text")]
    [InlineData("", " ")]
    [InlineData("\u200b", "\u200c")]
    [InlineData("\ufffe", "\uffff")]
    public async Task Guesses_AtOneSuchText_DoNotCountForAnother(string guessed, string other)
    {
        var owner = await host.NewTenantAsync();
        var refused = HttpStatusCode.Unauthorized;
        for (var i = 0; i < 10 && refused == HttpStatusCode.Unauthorized; i++) refused = (await host.TrySignInAsync(owner.Slug, guessed, "Wrong-Guess-1")).Status;
        refused.ShouldBe(HttpStatusCode.TooManyRequests);

        (await host.TrySignInAsync(owner.Slug, other, "Wrong-Guess-1")).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
    }

    /// <summary>The same of tenants: what is no slug is no tenant's, and none shares the guesses of another.</summary>
    [Theory, Trait("Threat", "T7")]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("Not A Slug")]
    [InlineData("\ufffe")]
    [InlineData("ten_zz")]
    [InlineData("platform\0")]
    public async Task SignIn_WithATextThatIsNoSlug_IsNobodys(string slug)
    {
        (await host.TrySignInAsync(slug, "operator", PlatformHost.OperatorPassword)).ShouldBeProblem(HttpStatusCode.Unauthorized, "invalid_credentials");
        (await host.SendAsync("POST", "/v1/password/forgot", new { tenant = slug, username = "operator" })).ShouldBe(HttpStatusCode.Accepted);
    }

    private async Task RegisterAsync(TestUser owner, string username) => (await host.SendAsync(
        "POST",
        $"/v1/tenants/{owner.Slug}/users",
        new { username, email = "someone@example.com", password = ApiCalls.Password, role = "viewer" },
        owner.Token)).ShouldBe(HttpStatusCode.Created);
}
