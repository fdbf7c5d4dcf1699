using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Platform.Tenants;

namespace Platform.Api.Tests.Authorization;

/// <summary>A foreign tenant costs what an absent one costs: to look up a slug that nobody has takes longer, and the difference would tell a member who else is a customer (finding S18).</summary>
public sealed class ForeignTenantCallsTests
{
    [Fact, Trait("Threat", "T44")]
    public async Task Call_ToAForeignTenant_AsksTheGrainsWhatOneToAnAbsentOneAsks()
    {
        await using var host = await new RecordingHost().StartedAsync();
        var (mine, theirs) = (await host.NewTenantAsync(), await host.NewTenantAsync());
        var key = await host.NewKeyAsync(mine, "read");
        foreach (var token in new[] { mine.Token, key.Text })
        {
            var absent = await host.CallsAsync(() => host.SendAsync("GET", $"/v1/tenants/{PlatformHostCalls.NewSlug()}/users", token: token), HttpStatusCode.NotFound);
            absent.ShouldNotBeEmpty();
            (await host.CallsAsync(() => host.SendAsync("GET", $"/v1/tenants/{theirs.Slug}/users", token: token), HttpStatusCode.NotFound)).ShouldBe(absent);
            (await host.CallsAsync(() => host.SendAsync("GET", $"/v1/tenants/{mine.Slug}/users", token: token), HttpStatusCode.OK)).ShouldContain(absent[0], "its own slug is compared the same way");
        }
    }

    private sealed class RecordingHost : PlatformHost, IIncomingGrainCallFilter
    {
        private readonly ConcurrentQueue<string> _calls = [];

        /// <summary>To grains of tenants and of their names, by key.</summary>
        public async Task<IReadOnlyList<string>> CallsAsync(Func<Task<Answer>> call, HttpStatusCode expected)
        {
            _calls.Clear();
            (await call()).ShouldBe(expected);
            return [.. _calls];
        }

        public Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.Grain is ITenantGrain or ITenantNameGrain) _calls.Enqueue($"{context.TargetId} {context.MethodName}");
            return context.Invoke();
        }

        private protected override void ConfigureMore(WebApplicationBuilder builder) => builder.Services.AddSingleton<IIncomingGrainCallFilter>(this);
    }
}
