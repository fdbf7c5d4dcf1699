using System.Globalization;

namespace Platform.Api.Tests.RateLimiting;

public sealed class LimitTests
{
    [Fact]
    [Trait("Threat", "T6")]
    public async Task SignIn_BeyondTheBudget_Is429WithRetryAfterWhileValidationGoesOn()
    {
        await using var host = await new PlatformHost("--Platform:RateLimits:Enabled=true", "--Platform:RateLimits:SignInPerMinute=5").StartedAsync();
        var started = TimeProvider.System.GetTimestamp();
        var token = await host.OperatorTokenAsync();
        Answer answer;
        var attempts = 1;
        do
        {
            answer = await host.TrySignInAsync("nowhere", "nobody", "x");
            answer.Header("RateLimit-Policy").ShouldBe("\"sign-in\";q=5;w=60");
            answer.Header("RateLimit")!.ShouldMatch("^\"sign-in\";r=[0-4];t=[0-9]+$");
            attempts++;
        }
        while (answer.Status == HttpStatusCode.Unauthorized && attempts < 20);

        answer.ShouldBeProblem(HttpStatusCode.TooManyRequests, "too_many_attempts");

        // Five are allowed, and one more for each twelve seconds that a busy machine takes for them.
        var grown = (int)(TimeProvider.System.GetElapsedTime(started) / TimeSpan.FromSeconds(12));
        attempts.ShouldBeInRange(6, 6 + grown);
        int.Parse(answer.Header("Retry-After")!, CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
        var valid = await host.ValidateAsync(token);
        valid.ShouldBe(HttpStatusCode.NoContent);
        valid.Header("RateLimit-Policy")!.ShouldStartWith("\"sessions\";");
        (await host.SendAsync("GET", "/v1/me", token: token)).Header("RateLimit-Policy")!.ShouldStartWith("\"requests\";");
        (await host.SendAsync("GET", "/livez")).Header("RateLimit").ShouldBeNull();
    }
}
