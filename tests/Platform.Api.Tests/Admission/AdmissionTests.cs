using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Platform.Api.Admission;

namespace Platform.Api.Tests.Admission;

/// <summary>A host that lets one call of a class run and one wait.</summary>
public sealed class AdmissionTests
{
    private static readonly string[] Small =
    [
        "--Platform:Admission:OtherCalls=1", "--Platform:Admission:SignIns=1", "--Platform:Admission:SignOuts=1", "--Platform:Admission:QueueLimit=1", "--Platform:Admission:LongestWait=00:00:00.100",
    ];

    [Fact, Trait("Threat", "T69")]
    public async Task Calls_MoreThanAClassMay_AreAnsweredBusyWithRetryAfterWhileAllOthersGoOn()
    {
        await using var host = await new PlatformHost(Small).StartedAsync();
        var owner = await host.NewTenantAsync();
        long counted = 0;
        var meters = host.Service<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "platform.admission.refusals" && ReferenceEquals(instrument.Meter.Scope, meters)) self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref counted, count));
        listener.Start();
        var others = host.Service<AdmissionControl>().Of(CallClass.Other);
        others.TryEnter().ShouldBeTrue("a list that takes long");

        for (var i = 0; i < 3; i++)
        {
            var refused = await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users", token: owner.Token);
            refused.ShouldBeProblem(HttpStatusCode.ServiceUnavailable, "busy");
            refused.Header("Retry-After").ShouldBe("2");
        }

        (await host.ValidateAsync(owner.Token)).ShouldBe(HttpStatusCode.NoContent);
        (await host.SendAsync("GET", "/v1/session", token: owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("GET", "/livez")).ShouldBe(HttpStatusCode.OK);
        var second = await host.SignInAsync(owner.Slug, owner.Username, ApiCalls.Password);
        (await host.SignOutAsync(second.Token)).ShouldBe(HttpStatusCode.NoContent);

        others.Leave();
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users", token: owner.Token)).ShouldBe(HttpStatusCode.OK);
        others.Running.ShouldBe(0, "every call has left");
        Interlocked.Read(ref counted).ShouldBe(3);
        host.Logs.At(LogLevel.Warning).Count(line => line.Contains("More calls of class Other", StringComparison.Ordinal)).ShouldBe(1, "an episode has one line");
    }

    [Fact, Trait("Threat", "T69")]
    public async Task Refused_EpisodeIsOver_IsToldOnceWithHowManyThereWere()
    {
        var time = new ManualTimeProvider();
        await using var host = await new PlatformHost().StartedAsync();
        var logs = new RecordedLogs();
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(logs));
        using var episodes = new AdmissionEpisodes(host.Service<IMeterFactory>(), time, factory.CreateLogger<AdmissionEpisodes>());
        for (var i = 0; i < 5; i++)
        {
            episodes.Refused(CallClass.Other, AdmissionRefusal.Full);
            time.Advance(TimeSpan.FromSeconds(4));
        }

        Told(LogLevel.Information).ShouldBe(0);
        time.Advance(TimeSpan.FromSeconds(6));
        (Told(LogLevel.Warning), Told(LogLevel.Information)).ShouldBe((1, 1));
        logs.At(LogLevel.Information).Single().ShouldContain("5 were answered 503");
        episodes.Refused(CallClass.SignIn, AdmissionRefusal.Late);
        Told(LogLevel.Warning).ShouldBe(2);

        int Told(LogLevel level) => logs.At(level).Count();
    }

    [Fact, Trait("Threat", "T69")]
    public async Task Verify_RouteWithoutAClass_IsAMistake()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        app.MapGet("/free", () => "").InClass(CallClass.Free);
        CallClassMetadata.Verify(app);
        app.MapGet("/forgotten", () => "");
        Should.Throw<InvalidOperationException>(() => CallClassMetadata.Verify(app)).Message.ShouldContain("/forgotten");
    }

    [Theory]
    [InlineData("/v1/session/validate", CallClass.Validation)]
    [InlineData("/v1/session/touch", CallClass.Validation)]
    [InlineData("/v1/session", CallClass.Validation)]
    [InlineData("/v1/snippets/{id}/session", CallClass.Validation)]
    [InlineData("/v1/introspect", CallClass.Introspection)]
    [InlineData("/v1/sign-out", CallClass.SignOut)]
    [InlineData("/v1/snippets/{id}/sign-out", CallClass.SignOut)]
    [InlineData("/v1/sign-in", CallClass.SignIn)]
    [InlineData("/v1/password/forgot", CallClass.SignIn)]
    [InlineData("/v1/tenants/{tenant}/users", CallClass.Other)]
    [InlineData("/livez", CallClass.Free)]
    public async Task Endpoint_HasTheClassOfItsCost(string route, object expected)
    {
        await using var host = await new PlatformHost().StartedAsync();
        var classes = host.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.RoutePattern.RawText?.TrimEnd('/') == route)
            .Select(endpoint => endpoint.Metadata.GetMetadata<CallClassMetadata>()!.Class).Distinct();
        classes.ShouldBe([(CallClass)expected]);
    }
}
