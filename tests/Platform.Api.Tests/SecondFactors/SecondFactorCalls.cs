namespace Platform.Api.Tests.SecondFactors;

/// <summary>A user with an authenticator, and what the user was given for it.</summary>
internal sealed record Enrolled(TestUser User, Authenticator App, IReadOnlyList<string> RecoveryCodes);

/// <summary>What tests want of second factors, by intent.</summary>
internal static class SecondFactorCalls
{
    /// <summary>A tenant with the feature on, its owner without a factor yet.</summary>
    public static async Task<TestUser> NewTwoFactorTenantAsync(this PlatformHost host)
    {
        var owner = await host.NewTenantAsync();
        (await host.ChangeTenantAsync(owner.Slug, new { features = new { twoFactor = true } })).ShouldBe(HttpStatusCode.OK);
        return owner;
    }

    public static async Task<Enrolled> EnrolAsync(this PlatformHost host, TestUser user)
    {
        var begun = (await host.SendAsync("POST", "/v1/me/totp", token: user.Token)).ShouldBe(HttpStatusCode.OK);
        var app = new Authenticator(begun.String("otpauthUri")!);
        var confirmed = (await host.SendAsync("POST", "/v1/me/totp/confirm", new { code = app.CodeAt(host.Time.GetUtcNow()) }, user.Token)).ShouldBe(HttpStatusCode.OK);
        return new Enrolled(user, app, [.. confirmed.Json.GetProperty("recoveryCodes").EnumerateArray().Select(code => code.GetString()!)]);
    }

    public static async Task<Enrolled> NewEnrolledAsync(this PlatformHost host) => await host.EnrolAsync(await host.NewTwoFactorTenantAsync());

    /// <summary>The right password; answers the challenge.</summary>
    public static async Task<string> ChallengeAsync(this PlatformHost host, TestUser user, string transport = "token")
    {
        var answer = (await host.TrySignInAsync(user.Slug, user.Username, user.Password, transport)).ShouldBe(HttpStatusCode.OK);
        answer.String("status").ShouldBe("second_factor_required");
        return answer.String("challenge")!;
    }

    public static Task<Answer> ProveAsync(this PlatformHost host, string challenge, string code, string method = "totp") =>
        host.SendAsync("POST", "/v1/sign-in/second-factor", new { challenge, method, code });

    /// <summary>A code that was not used before: the clock goes on by a step.</summary>
    public static string NextCode(this PlatformHost host, Authenticator app)
    {
        host.Time.Advance(TimeSpan.FromSeconds(30));
        return app.CodeAt(host.Time.GetUtcNow());
    }

    /// <summary>Both steps.</summary>
    public static async Task<TestUser> SignInWithCodeAsync(this PlatformHost host, Enrolled enrolled)
    {
        var code = host.NextCode(enrolled.App);
        var answer = (await host.ProveAsync(await host.ChallengeAsync(enrolled.User), code)).ShouldBe(HttpStatusCode.OK);
        return enrolled.User with { Token = answer.String("token")! };
    }

    /// <summary>The code of the latest text message of a template to this number.</summary>
    public static async Task<string> MessageAsync(this PlatformHost host, string number, int count = 1)
    {
        var messages = await OutboxFiles.WaitForAsync(host.Folder, count, file => file.To == number);
        messages[^1].Channel.ShouldBe("sms");

        // The files are in order of time; the next one shall come later.
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        return messages[^1].Data["code"];
    }

    public static async Task<TestUser> WithPhoneAsync(this PlatformHost host, TestUser user, string number)
    {
        (await host.SendAsync("POST", "/v1/me/phone", new { phoneNumber = number }, user.Token)).ShouldBe(HttpStatusCode.Accepted);
        (await host.SendAsync("POST", "/v1/me/phone/confirm", new { code = await host.MessageAsync(number) }, user.Token)).ShouldBe(HttpStatusCode.NoContent);
        return user;
    }

    public static string NewNumber() => "+49151" + System.Security.Cryptography.RandomNumberGenerator.GetInt32(10_000_000, 99_999_999);

    public static string[] Methods(this Answer answer) => [.. answer.Json.GetProperty("methods").EnumerateArray().Select(method => method.GetString()!)];
}
