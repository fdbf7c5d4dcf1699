using System.Net;
using System.Security.Cryptography;
using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Telemetry;

/// <summary>What an operator's collector gets (row TRACE).</summary>
public sealed class TraceTests(ITestOutputHelper output) : ProcessTest(output)
{
    private const string Grains = "Microsoft.Orleans.Application";
    private const string Storage = "Platform.Storage";
    private const string Http = "Microsoft.AspNetCore";

    [Fact]
    public async Task SignIn_Traced_IsOneTraceFromRequestThroughGrainsToStorage()
    {
        await using var collector = await Collector.StartAsync();
        var platform = await StartAsync(collector.Settings);
        await platform.SignInAsync();

        var spans = await collector.WaitForAsync(all => all.Any(span => IsSignIn(span)));
        var request = spans.Single(IsSignIn);
        // Spans are exported as they end, so the request's comes last; what is below it is there.
        var trace = spans.Where(span => span.TraceId == request.TraceId).ToArray();
        Output.WriteLine(string.Join(", ", request.Attributes.Select(pair => $"{pair.Key}={pair.Value}")));
        foreach (var span in trace) Output.WriteLine($"{span.ParentId,16} {span.Id} {span.Kind,-8} {span.Source}: {span.Name}");

        request.Kind.ShouldBe(SpanKind.Server);
        request.ParentId.ShouldBeEmpty();
        request.Name.ShouldBe("POST /v1/sign-in");
        request.Attributes["http.route"].ShouldBe("/v1/sign-in");
        request.Attributes["http.response.status_code"].ShouldBe("200");
        request.Attributes["url.scheme"].ShouldBe("https");
        trace.Where(span => span.Source == Storage).ShouldNotBeEmpty();
        trace.Where(span => span.Source == Storage).ShouldAllBe(span => Above(trace, span).Any(above => above.Source == Grains));
        trace.Where(span => span.Source == Grains && span.Kind == SpanKind.Server).Select(span => span.Name)
            .ShouldContain(name => name.Contains("SignIn", StringComparison.Ordinal));
        trace.ShouldAllBe(span => span.Id == request.Id || Above(trace, span).Last().Id == request.Id);
        trace.Where(span => span.Source == Storage && span.Name.StartsWith("write", StringComparison.Ordinal)).ShouldNotBeEmpty("the session was written");
        request.Resource["service.name"].ShouldBe("platform-api");
        platform.Output.ShouldContain($"Runtime      {request.Resource["platform.runtime"]}");
    }

    [Fact]
    public async Task Logs_Exported_HaveEventNameCategoryAndTheTraceOfTheirRequest()
    {
        await using var collector = await Collector.StartAsync();
        // One of a library that is told within each request.
        var platform = await StartAsync([.. collector.Settings, ("Logging__LogLevel__Microsoft.AspNetCore.Routing.EndpointMiddleware", "Information")]);
        await platform.SignInAsync();
        var request = (await collector.WaitForAsync(all => all.Any(IsSignIn))).Single(IsSignIn);
        (await platform.StopAsync()).ShouldBe(0);

        collector.Logs.ShouldContain(log => log.EventName == "PlatformStarted" && log.Category == "Platform.Api.Hosting.StartupBanner" && log.Severity == "Information");
        collector.Logs.Where(log => log.EventName == "ExecutingEndpoint").ShouldContain(log => log.TraceId == request.TraceId);
        collector.Logs.ShouldNotContain(log => log.Severity == "Debug", "levels are those of the console");
    }

    [Fact]
    [Trait("Threat", "T76")]
    public async Task Telemetry_OfEverythingThatCarriesSecrets_HoldsNone()
    {
        await using var collector = await Collector.StartAsync();
        var platform = await StartAsync(collector.Settings);
        var wrong = "Wrong-" + Convert.ToHexString(RandomNumberGenerator.GetBytes(12));
        var query = "Query-" + Convert.ToHexString(RandomNumberGenerator.GetBytes(12));
        var session = await platform.SignInAsync();
        (await platform.TrySignInAsync("platform", "operator", wrong)).ShouldBe(HttpStatusCode.Unauthorized);
        (await platform.CreateUserAsync(session.Token, "platform", "second")).ShouldBe(HttpStatusCode.Created);
        (await platform.SendAsync("GET", $"/v1/session?token={query}", token: session.Token)).ShouldBe(HttpStatusCode.BadRequest);
        (await platform.SignOutAsync(session.Token)).ShouldBe(HttpStatusCode.NoContent);

        await collector.WaitForAsync(all => all.Any(span => span.Source == Http && Path(span) == "/v1/sign-out"));
        (await platform.StopAsync()).ShouldBe(0);

        string[] expected = ["/v1/sign-out", "PlatformStarted", "http.server.request.duration", "dotnet.gc.collections", "orleans-"];
        foreach (var there in TestDatabases.ArePostgres ? expected.Append("db.client.connection.count") : expected)
        {
            collector.HasReceived(there).ShouldBeTrue($"{there}: the search finds what is there, in spans, logs and metrics");
        }

        foreach (var secret in (string[])[platform.OperatorPassword, session.Token, session.Token[20..60], ApiCalls.Password, wrong, query])
        {
            collector.HasReceived(secret).ShouldBeFalse();
            platform.Log.ShouldNotContain(secret, Case.Sensitive);
        }
    }

    [Fact]
    [Trait("Threat", "T33")]
    public async Task Validate_ForgedTokens_CallNoGrain()
    {
        const int Forged = 200;
        await using var collector = await Collector.StartAsync();
        var platform = await StartAsync(collector.Settings);
        var session = await platform.SignInAsync();
        var middle = session.Token.Length / 2;

        for (var i = 0; i < Forged; i++)
        {
            var noise = Convert.ToHexString(RandomNumberGenerator.GetBytes(10));
            (await platform.ValidateAsync(session.Token[..middle] + noise + session.Token[(middle + noise.Length)..])).ShouldBe(HttpStatusCode.Unauthorized);
        }

        var spans = await collector.WaitForAsync(all => all.Count(IsValidate) == Forged);
        var traces = spans.Where(IsValidate).Select(span => span.TraceId).ToHashSet(StringComparer.Ordinal);
        traces.Count.ShouldBe(Forged);
        spans.Where(span => traces.Contains(span.TraceId)).ShouldAllBe(span => span.Source == Http);
    }

    private static bool IsSignIn(Span span) => span.Source == Http && Path(span) == "/v1/sign-in";

    private static bool IsValidate(Span span) => span.Source == Http && Path(span) == "/v1/session/validate";

    private static string? Path(Span span) => span.Attributes.GetValueOrDefault("url.path");

    private static IEnumerable<Span> Above(Span[] trace, Span span)
    {
        for (var above = Parent(span); above is not null; above = Parent(above)) yield return above;

        Span? Parent(Span child) => Array.Find(trace, candidate => candidate.Id == child.ParentId);
    }
}
