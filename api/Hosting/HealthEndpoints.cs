using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Platform.Api.Admission;
using Platform.Api.Problems;
using Platform.Api.RateLimiting;
using Platform.Api.Tokens;
using Platform.Hosting;

namespace Platform.Api.Hosting;

internal sealed record LiveBody(string Status);

internal sealed record ReadyBody(string Status, string Runtime, string Topology, string Environment, IReadOnlyDictionary<string, string> Checks)
{
    /// <summary>What to do about a check that fails, by its name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Details { get; init; }
}

internal static class HealthEndpoints
{
    /// <summary>Checks of the API itself; the silo, or the client of silos elsewhere, has registered its own.</summary>
    public static void AddHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddCheck<BootstrapCheck>("firstRun").AddCheck<TokenKeysCheck>("tokenKeys");
    }

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Operations").WithoutRateLimit().InClass(CallClass.Free);
        group.MapGet("/livez", Live).WithName("checkLiveness").WithSummary("Does the process run?")
            .WithDescription("Whether the process runs and answers. It asks nothing else, so a database that is away changes nothing.").Refuses(ProblemKind.HttpsRequired);
        group.MapGet("/readyz", ReadyAsync).WithName("checkReadiness").WithSummary("Can the process answer?")
            .WithDescription("Whether the process can answer validations; otherwise 503 with the same body. `sealedData` is whether what is stored opens under its keys; `details` says what to restore where it does not, and which step a rotation of the master key (`masterKey`) is at.").Produces<ReadyBody>().Produces<ReadyBody>(StatusCodes.Status503ServiceUnavailable).Refuses(ProblemKind.HttpsRequired);
    }

    private static Ok<LiveBody> Live() => TypedResults.Ok(new LiveBody("live"));

    private static async Task<JsonHttpResult<ReadyBody>> ReadyAsync(
        HttpResponse response, HealthCheckService checks, RuntimeInfo runtime, IOptions<PlatformOptions> options, CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(cancellationToken);
        var ready = report.Status != HealthStatus.Unhealthy;
        if (!ready) response.Headers.RetryAfter = "2";
        var details = report.Entries.Where(entry => entry.Value.Description is not null).ToDictionary(entry => entry.Key, entry => entry.Value.Description!);
        var body = new ReadyBody(
            ready ? "ready" : "unready",
            runtime.Runtime,
            Name(options.Value.Topology),
            options.Value.Environment,
            report.Entries.ToDictionary(entry => entry.Key, entry => Name(entry.Value.Status)))
        {
            Details = details.Count > 0 ? details : null,
        };
        return TypedResults.Json(body, statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static string Name<TEnum>(TEnum value) where TEnum : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private sealed class BootstrapCheck(BootstrapService firstRun) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(firstRun.Done ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
    }

    private sealed class TokenKeysCheck(TokenKeyRing ring) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(ring.IsReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
    }
}
