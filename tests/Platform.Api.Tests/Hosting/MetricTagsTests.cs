using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Platform.Api.Tests.Hosting;

/// <summary>Not beside other tests: the listener hears every host of this process, and what it notes is allocated on their threads, where some of them count allocations.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ListeningToAllHosts
{
    public const string Name = "listening to all hosts";
}

/// <summary>What the meters that are exported are tagged with: each further value of a tag is one more time series in every collector, and ids and names are personal.</summary>
[Collection(ListeningToAllHosts.Name)]
public sealed class MetricTagsTests(ITestOutputHelper output)
{
    /// <summary>Those that PlatformTelemetry and its instrumentation packages export by name.</summary>
    private static readonly string[] Meters =
    [
        "Platform", "Microsoft.Orleans", "Npgsql", "System.Net.Http", "System.Net.NameResolution", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.Http.Connections", "Microsoft.AspNetCore.Routing", "Microsoft.AspNetCore.Diagnostics", "Microsoft.AspNetCore.RateLimiting",
    ];

    /// <summary>A tag that is not here is new: whoever adds it here knows that its values are few, whatever callers send. An address or port is one of the platform's own or of a provider.</summary>
    private static readonly string[] Known =
    [
        // HTTP: methods beyond the standard ones are one value, routes have the names of what is filled in.
        "http.request.method", "http.response.status_code", "http.route", "http.connection.state", "url.scheme", "network.protocol.name", "network.protocol.version", "network.transport", "network.type",
        "network.peer.address", "server.address", "server.port", "tls.protocol.version", "error.type", "aspnetcore.request.is_unhandled", "aspnetcore.routing.is_fallback", "aspnetcore.routing.match_status",
        "kestrel.connection.type", "dns.question.name",
        // Runtime and database: pools are named.
        "gc.heap.generation", "cpu.mode", "db.client.connection.pool.name", "db.client.connection.state", "db.system.name", "db.namespace",
        // Orleans: kinds of grains and states, never a grain's key. "Destination" and "silo" are addresses of silos.
        "via", "duration", "Phase", "Destination", "silo", "ConnectionDirection", "MessageDirection", "grain_type", "type", "status", "Status", "directory", "locator", "Direction", "Context", "provider_type_name", "state_name", "state_type",
        // The platform's own.
        "operation", "outcome", "reason", "caller", "class",
    ];

    [Fact]
    [Trait("Threat", "T76")]
    public async Task Metrics_AfterTraffic_HaveTagsOfFewValuesOnly()
    {
        using var tags = new Tags();
        await using var host = await new PlatformHost().StartedAsync();
        var owner = await host.NewTenantAsync();
        var user = await host.NewUserAsync(owner, "walter-qxj", "viewer");
        (await host.TrySignInAsync(owner.Slug, "nobody-qxj", "x")).ShouldBe(HttpStatusCode.Unauthorized);
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users", token: owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("GET", $"/v1/tenants/{owner.Slug}/users/{user.Id}", token: owner.Token)).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("GET", "/v1/no-such-path-qxj", token: owner.Token)).ShouldBe(HttpStatusCode.NotFound);
        (await host.SendAsync("PURGEQXJ", "/v1/me", token: owner.Token)).Status.ShouldNotBe(HttpStatusCode.OK);
        (await host.SignOutAsync(user.Token)).ShouldBe(HttpStatusCode.NoContent);
        tags.Observe();

        foreach (var line in tags.Lines) output.WriteLine(line);
        tags.Names.Except(Known, StringComparer.Ordinal).ShouldBeEmpty();
        tags.Names.ShouldContain("http.route", "the listener hears what there is");
        foreach (var secret in (string[])[owner.Slug, owner.Id, owner.TenantId, user.Id, "qxj", "QXJ"])
        {
            tags.Values.ShouldNotContain(value => value.Contains(secret, StringComparison.Ordinal), secret);
        }
    }

    [Fact]
    public async Task Requests_OfAGroupsOwnRoute_AreMeasuredUnderItAsDocumented()
    {
        using var tags = new Tags();
        await using var host = await new PlatformHost().StartedAsync();
        (await host.SendAsync("GET", "/v1/operator/tenants", token: await host.OperatorTokenAsync())).ShouldBe(HttpStatusCode.OK);

        var routes = tags.ValuesOf("http.route");
        routes.ShouldContain("/v1/operator/tenants");
        routes.ShouldNotContain(route => route.Length > 1 && route.EndsWith('/'));
    }

    /// <summary>Of all hosts of this process: no test may tag otherwise.</summary>
    private sealed class Tags : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<(string Instrument, string Tag, string Value), bool> _seen = [];

        public Tags()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (Meters.Contains(instrument.Meter.Name)) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<byte>((instrument, _, tags, _) => Add(instrument, tags));
            _listener.SetMeasurementEventCallback<short>((instrument, _, tags, _) => Add(instrument, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Add(instrument, tags));
            _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Add(instrument, tags));
            _listener.SetMeasurementEventCallback<float>((instrument, _, tags, _) => Add(instrument, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, tags));
            _listener.SetMeasurementEventCallback<decimal>((instrument, _, tags, _) => Add(instrument, tags));
            _listener.Start();
        }

        public IEnumerable<string> Lines =>
            _seen.Keys.GroupBy(key => $"{key.Instrument} {key.Tag}", key => key.Value).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Key}: {string.Join(" ", group)}");

        public string[] Names => [.. _seen.Keys.Select(key => key.Tag).Distinct()];

        public string[] Values => [.. _seen.Keys.Select(key => key.Value).Distinct()];

        public string[] ValuesOf(string tag) => [.. _seen.Keys.Where(key => key.Tag == tag).Select(key => key.Value).Distinct()];

        /// <summary>Gauges tell when they are asked.</summary>
        public void Observe() => _listener.RecordObservableInstruments();

        public void Dispose() => _listener.Dispose();

        private void Add(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var (name, value) in tags) _seen.TryAdd((instrument.Name, name, value?.ToString() ?? ""), true);
        }
    }
}
