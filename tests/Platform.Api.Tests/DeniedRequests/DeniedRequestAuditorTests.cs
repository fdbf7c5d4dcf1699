using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Platform.Api.DeniedRequests;
using Platform.Sessions;
using Platform.Telemetry;

namespace Platform.Api.Tests.DeniedRequests;

public sealed class DeniedRequestAuditorTests
{
    [Fact]
    public async Task Stop_WithNoTimeLeft_GivesBackWhatWaitsAndDoesNotThrow()
    {
        var time = new ManualTimeProvider();
        await using var services = new ServiceCollection().AddMetrics().AddSingleton<LiveSessions>().AddSingleton<PlatformMetrics>().BuildServiceProvider();
        var metrics = services.GetRequiredService<PlatformMetrics>();
        var refused = new DeniedRequestQueue(metrics, time);
        using var auditor = new DeniedRequestAuditor(refused, Substitute.For<IGrainFactory>(), metrics, NullLogger<DeniedRequestAuditor>.Instance);
        var (session, hash) = (SessionId.From(Guid.CreateVersion7(time.GetUtcNow())), RandomNumberGenerator.GetBytes(32));
        refused.ReportRejected(session, hash, elsewhere: null, new DefaultHttpContext());
        refused.Waiting.Count.ShouldBe(1);

        await auditor.StopAsync(new CancellationToken(canceled: true));

        refused.Waiting.Count.ShouldBe(0);
        refused.ReportRejected(session, hash, elsewhere: null, new DefaultHttpContext());
        refused.Waiting.Count.ShouldBe(1, "it is told at the next such call");
    }
}
