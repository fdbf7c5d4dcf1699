using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Platform.Grains.Tests.Hosting;
using Platform.SignIn;
using Platform.Tenants;
using Platform.Users;

namespace Platform.Grains.Tests.SignIn;

/// <summary>Refused sign-ins make the same calls, whatever exists and whoever is known (row LOGIN). That their times do not differ is the rank test's to find, which cannot say why.</summary>
public sealed class RefusedSignInTests
{
    private const string Elsewhere = "203.0.113.9";

    [Fact, Trait("Threat", "T1"), Trait("Threat", "T2")]
    public async Task SignIn_Refused_MakesTheSameCallsWhateverExistsAndWhoeverIsKnown()
    {
        var calls = new CallRecorder();
        await using var silo = await SiloHost.StartAsync(services =>
        {
            CheapHashing.Put(services);
            services.AddSingleton<IOutgoingGrainCallFilter>(calls);
        });
        (await silo.Grains.TenantRegistration().EnsurePlatformAsync(PrefixedId.New<TenantId>(TimeProvider.System), SiloHost.OwnerPassword, default)).ShouldBe(BootstrapResult.Created);
        var (tenant, owner) = await silo.NewTenantAsync();
        await silo.NewUserAsync(owner, "stranger");
        await silo.NewUserAsync(owner, "known");
        var disabled = await silo.NewUserAsync(owner, "disabled");
        foreach (var name in new[] { "known", "disabled" }) (await silo.TrySignInFromAsync(SiloHost.Client.Ip!, tenant.Slug, name, SiloHost.OwnerPassword)).Value.ShouldNotBeNull();
        (await silo.Grains.User(disabled.Id).ChangeAsync(owner, new UserChange { Status = UserStatus.Disabled }, default)).Refusal.ShouldBe(Refusal.None);

        async Task<IReadOnlyList<string>> CallsAsync(string name, string ip, string password = "Quiet-Harbour-72", string? slug = null)
        {
            // The first one may have to activate what it calls.
            (await silo.TrySignInFromAsync(ip, slug ?? tenant.Slug, name, password)).Refusal.ShouldBe(Refusal.InvalidCredentials);
            return await calls.OfAsync(async () => (await silo.TrySignInFromAsync(ip, slug ?? tenant.Slug, name, password)).Refusal.ShouldBe(Refusal.InvalidCredentials));
        }

        var absent = await CallsAsync("nobody", SiloHost.Client.Ip!);
        absent.Count.ShouldBeGreaterThan(5);
        (await CallsAsync("nobody", SiloHost.Client.Ip!, slug: "no-such-tenant")).ShouldBe(absent);
        (await CallsAsync("stranger", SiloHost.Client.Ip!)).ShouldBe(absent);
        (await CallsAsync("stranger", Elsewhere)).ShouldBe(absent);
        (await CallsAsync("known", SiloHost.Client.Ip!)).ShouldBe(absent);
        (await CallsAsync("known", Elsewhere)).ShouldBe(absent);
        (await CallsAsync("disabled", SiloHost.Client.Ip!, SiloHost.OwnerPassword)).ShouldBe(absent);
    }

    /// <summary>Calls from grain to grain, and no call of somebody else: a mark travels with those of one attempt.</summary>
    private sealed class CallRecorder : IOutgoingGrainCallFilter
    {
        private const string Mark = "test.attempt";

        private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _attempts = new(StringComparer.Ordinal);

        /// <summary>Which, without regard to their order: some run side by side. What counts without effect is a call like the one that counts.</summary>
        public async Task<IReadOnlyList<string>> OfAsync(Func<Task> attempt)
        {
            var name = $"attempt {_attempts.Count}";
            var calls = _attempts.GetOrAdd(name, _ => []);
            RequestContext.Set(Mark, name);
            await attempt();
            RequestContext.Remove(Mark);
            return [.. calls.Order(StringComparer.Ordinal)];
        }

        public Task Invoke(IOutgoingGrainCallContext context)
        {
            if (RequestContext.Get(Mark) is string name) _attempts[name].Enqueue(NameOf(context));
            return context.Invoke();
        }

        private static string NameOf(IOutgoingGrainCallContext context) =>
            context.InterfaceName.Contains(nameof(IStrangerGuardGrain), StringComparison.Ordinal) ? context.InterfaceName : $"{context.InterfaceName}.{context.MethodName}";
    }
}
