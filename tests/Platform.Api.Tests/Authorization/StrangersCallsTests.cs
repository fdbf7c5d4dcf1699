using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Platform.Api.Tests.Snippets;

namespace Platform.Api.Tests.Authorization;

/// <summary>What callers without credentials, or with made-up ones, make the platform do: each operation of the OpenAPI document.</summary>
public sealed class StrangersCallsTests(PlatformHost host, ITestOutputHelper output) : IClassFixture<PlatformHost>
{
    /// <summary>They look up what the body names, or keep it; that is what they are for. Each has a budget for one address.</summary>
    private static readonly string[] LookUp = ["POST /v1/password/forgot", "POST /v1/sign-in", "POST /v1/vulnerability-reports"];

    [Fact]
    [Trait("Threat", "T33")]
    public async Task EveryOperation_OfAStranger_ReachesNoGrainAndNoDatabase()
    {
        await host.OperatorTokenAsync();
        using var work = new WorkOfRequests();
        var (calls, reached) = (0, new SortedSet<string>(StringComparer.Ordinal));

        foreach (var operation in await host.ReadOperationsAsync())
        {
            var target = operation.Path.Replace("{tenant}", "platform", StringComparison.Ordinal).Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
            foreach (var token in (string?[])[null, "noise", Forged()])
            {
                var trace = ActivityTraceId.CreateRandom();
                var answer = await host.SendAsync(
                    operation.Method, target, Example(operation), token, cookie: null, ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"), ("If-Match", "*"));
                calls++;
                if (operation.NeedsASession) answer.ShouldBeProblem(HttpStatusCode.Unauthorized, operation.CodeForStrangers);
                work.Saw(trace).ShouldBeTrue($"{operation}: the request itself");
                // All who ask share one look at the database and the grains (SharedProbe).
                if (operation.Path == "/readyz") continue;
                if (work.Below(trace) is not { Length: > 0 } below) continue;
                output.WriteLine($"{operation} ({token ?? "none"}) {(int)answer.Status}: {string.Join(", ", below)}");
                reached.Add(operation.ToString());
            }
        }

        reached.ShouldBe(LookUp);
        calls.ShouldBeGreaterThanOrEqualTo(200);
    }

    /// <summary>Each load of a page looks, whether or not anybody is signed in there.</summary>
    [Fact]
    [Trait("Threat", "T34")]
    public async Task PagesCalls_WithAndWithoutASession_ReachNoGrainAndNoDatabase()
    {
        var page = await host.NewPageAsync();
        var cookie = await host.SignInFromPageAsync(page);
        using var work = new WorkOfRequests();
        foreach (var presented in (string?[])[null, "noise", Forged(), cookie])
        {
            foreach (var (method, call) in new[] { ("GET", "/session"), ("POST", "/session/touch") })
            {
                var trace = ActivityTraceId.CreateRandom();
                var answer = await host.FromPageAsync(page, method, call, cookie: presented, headers: ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));
                answer.Status.ShouldBe(presented == cookie ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
                work.Saw(trace).ShouldBeTrue();
                work.Below(trace).ShouldBeEmpty($"{method} {call} with {presented ?? "nothing"}");
            }
        }
    }

    /// <summary>Of the right length and form.</summary>
    private static string Forged() => System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(66));

    private static string? Example(ApiOperation operation) =>
        operation.Json.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out var json) && json.TryGetProperty("example", out var example)
            ? example.GetRawText()
            : null;

    /// <summary>Spans by trace, so that nothing that the platform does by itself meanwhile counts.</summary>
    private sealed class WorkOfRequests : IDisposable
    {
        private const string Requests = "Microsoft.AspNetCore";

        private readonly ConcurrentDictionary<ActivityTraceId, ConcurrentQueue<string>> _spans = [];
        private readonly ActivityListener _listener;

        public WorkOfRequests()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == Requests || source.Name.StartsWith("Platform", StringComparison.Ordinal) || source.Name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal),
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStarted = span => _spans.GetOrAdd(span.TraceId, _ => []).Enqueue(span.Source.Name == Requests ? "" : $"{span.Source.Name} {span.OperationName}"),
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public bool Saw(ActivityTraceId trace) => _spans.ContainsKey(trace);

        public string[] Below(ActivityTraceId trace) => [.. _spans.GetValueOrDefault(trace, []).Where(span => span.Length > 0)];

        public void Dispose() => _listener.Dispose();
    }
}
