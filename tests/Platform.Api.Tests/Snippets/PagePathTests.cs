using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Platform.Api.Authentication;
using Platform.Api.DeniedRequests;
using Platform.Api.RateLimiting;
using Platform.Api.Snippets;
using Platform.Api.Tokens;
using Platform.Sessions;
using Platform.Telemetry;
using Platform.Tenants;

namespace Platform.Api.Tests.Snippets;

/// <summary>What a page's call costs on its way to the authenticator, and that it asks nobody (decision 84).</summary>
public sealed class PagePathTests(PlatformHost host) : IClassFixture<PlatformHost>
{
    /// <summary>A <see cref="PageCall"/>: two references and the header of an object.</summary>
    private const int BytesOfAPageCall = 32;

    [Fact]
    public async Task Middleware_OfASnippetInThisProcess_AllocatesThePageCallAlone()
    {
        var page = await host.NewPageAsync();
        var options = Options.Create(new RateLimitOptions { SessionsPerMinute = 100_000_000, PageCallsPerMinute = 100_000_000, SnippetCallsPerMinute = 100_000_000 });
        using var index = IndexWithoutGrains();
        var exchange = host.Service<RateLimitExchange>();
        var limits = new PageLimits(options, exchange, host.Time);
        var admitted = 0;
        var pages = new PageMiddleware(Admit, index, limits);
        var addresses = new RateLimitMiddleware(pages.InvokeAsync, options, exchange, host.Time);
        var cors = new PageCorsMiddleware(addresses.InvokeAsync, index, limits);
        var context = NewContext(page);
        Repeat(2_000);

        Allocations.Of(() => Repeat(1_000)).ShouldBe(BytesOfAPageCall * 1_000L);
        admitted.ShouldBe(2_000 + (Allocations.Runs * 1_000));

        Task Admit(HttpContext admittedContext)
        {
            admitted++;
            return Task.CompletedTask;
        }

        void Repeat(int times)
        {
            for (var i = 0; i < times; i++)
            {
                context.Features.Set<PageCall>(null);
                context.Response.Headers.Clear();
                if (!cors.InvokeAsync(context).IsCompletedSuccessfully) throw new InvalidOperationException();
            }
        }
    }

    [Fact]
    public async Task Peek_WithAndWithoutASession_AsksNoGrain()
    {
        var page = await host.NewPageAsync();
        var token = (await host.SignInFromPageAsync(page)).AsMemory();
        using var index = IndexWithoutGrains();
        var authenticator = new SessionAuthenticator(
            host.Service<TokenKeyRing>(), host.Service<LiveSessions>(), host.Service<SessionReplicas>(), host.Service<RejectedTokenCache>(), host.Service<DeniedRequestQueue>(), grains: null!, host.Service<PlatformMetrics>(), host.Time);

        SnippetId.TryParse(page.Snippet, out var id).ShouldBeTrue();
        (await index.FindAsync(id, default)).ShouldNotBeNull().TryFind(page.Origin, out var origin).ShouldBeTrue();
        (await authenticator.CheckAsync(token, new SessionCheckRequest(SessionCheckMode.Peek, null, Page: origin), default)).State.ShouldBe(SessionState.Live);
        (await authenticator.CheckAsync(token, new SessionCheckRequest(SessionCheckMode.Touch, null, Page: origin), default)).State.ShouldBe(SessionState.Live);
        (await authenticator.CheckAsync(default, new SessionCheckRequest(SessionCheckMode.Peek, null, Page: origin), default)).View.ShouldBeNull();
    }

    /// <summary>Whoever asked one would fail.</summary>
    private SnippetIndex IndexWithoutGrains() => new(host.Service<LiveTenants>(), grains: null!);

    private DefaultHttpContext NewContext(TestPage page)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Headers.Origin = page.Origin;
        context.Request.RouteValues["id"] = page.Snippet;
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.SetEndpoint(host.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Single(endpoint => endpoint.RoutePattern.RawText == "/v1/snippets/{id}/session"));
        return context;
    }
}
