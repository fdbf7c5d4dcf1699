using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Api.Problems;

namespace Platform.Api.Tests.Problems
{
    /// <summary>What an operator reads of requests that failed.</summary>
    public sealed class ProblemMiddlewareTests
    {
        private const string Grain = "ses_01a2b3c4";

        /// <summary>One line a request, without the text of Orleans, which names grains: while a silo is away, each request throws.</summary>
        [Fact]
        public async Task Outage_ThrownByOrleans_Is503AndOneWarningThatNamesNoGrain()
        {
            using var logs = new RecordedLogs();
            (await FailAsync(logs, Orleans.Inside.Fail(new SiloUnavailableException($"The target silo became unavailable for message to {Grain}", new IOException())))).ShouldBe(503);
            (await FailAsync(logs, Orleans.Inside.Fail(new TimeoutException($"Response did not arrive on time from {Grain}")))).ShouldBe(503);

            logs.At(LogLevel.Error).ShouldBeEmpty();
            logs.At(LogLevel.Warning).Select(line => line.Split(" at ")[0]).ShouldBe(
                [$"{typeof(ProblemMiddleware)}: Answered 503 after SiloUnavailableException (IOException)", $"{typeof(ProblemMiddleware)}: Answered 503 after TimeoutException"]);
            logs.Text.ShouldNotContain(Grain);
            logs.Text.ShouldNotContain(nameof(Orleans.Inside));
        }

        /// <summary>Its stack trace is all there is to find it by.</summary>
        [Fact]
        public async Task Fault_InsideOrleans_Is503AndLoggedWhole()
        {
            using var logs = new RecordedLogs();
            (await FailAsync(logs, Orleans.Inside.Fail(new InvalidOperationException("Collection was modified")))).ShouldBe(503);
            logs.At(LogLevel.Error).ShouldHaveSingleItem().ShouldContain(nameof(Orleans.Inside));
        }

        [Fact]
        public async Task Fault_OfOurs_Is500AndLoggedWhole()
        {
            using var logs = new RecordedLogs();
            (await FailAsync(logs, Task.FromException(new InvalidOperationException("of ours")))).ShouldBe(500);
            logs.At(LogLevel.Error).ShouldHaveSingleItem().ShouldContain("of ours");
        }

        private static async Task<int> FailAsync(RecordedLogs logs, Task failure)
        {
            using var loggers = LoggerFactory.Create(logging => logging.AddProvider(logs));
            var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
            await new ProblemMiddleware(_ => failure, loggers.CreateLogger<ProblemMiddleware>()).InvokeAsync(context);
            return context.Response.StatusCode;
        }
    }
}

#pragma warning disable IDE0130 // The name is what is tested.
namespace Orleans
#pragma warning restore IDE0130
{
    /// <summary>Code of Orleans, as a stack trace shows it.</summary>
    internal static class Inside
    {
        public static async Task Fail(Exception failure)
        {
            await Task.Yield();
            throw failure;
        }
    }
}
