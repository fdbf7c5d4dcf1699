using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Platform.Api.Tests.Security;

/// <summary>What callers see when the grains do not take the host for one of theirs (another master key or environment).</summary>
public sealed class CallDeniedTests
{
    [Fact, Trait("Threat", "T81")]
    public async Task Calls_OfAHostThatTheGrainsDoNotKnow_AnswerLikeAnOutageAndSignNobodyOut()
    {
        await using var host = await new DisownedHost().StartedAsync();
        var owner = await host.NewTenantAsync();
        host.IsDisowned = true;
        for (var i = 0; i < 3; i++)
        {
            var refused = (await host.TrySignInAsync(owner.Slug, owner.Username, owner.Password)).ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "unavailable");
            refused.Json.TryGetProperty("detail", out _).ShouldBeFalse();
        }

        (await host.SendAsync("GET", "/v1/me", token: owner.Token)).ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "unavailable");
        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);

        host.IsDisowned = false;
        (await host.TrySignInAsync(owner.Slug, owner.Username, owner.Password)).ShouldBe(HttpStatusCode.OK);
        var sources = host.Logs.At(LogLevel.Warning).Where(line => line.Contains("without the credential", StringComparison.Ordinal)).Select(line => line.Split(' ')[1]).ToArray();
        sources.ShouldNotBeEmpty();
        sources.ShouldBeUnique();
    }

    private sealed class DisownedHost : PlatformHost, IIncomingGrainCallFilter
    {
        public bool IsDisowned { get; set; }

        private protected override bool ExpectsDeniedCalls => true;

        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (IsDisowned) RequestContext.Clear();
            return context.Invoke();
        }

        private protected override void ConfigureMore(WebApplicationBuilder builder) => builder.Services.AddSingleton<IIncomingGrainCallFilter>(this);
    }
}
