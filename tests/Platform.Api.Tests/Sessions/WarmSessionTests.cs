using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform.Storage;

namespace Platform.Api.Tests.Sessions;

/// <summary>
/// The budget of the hot path (docs/architecture.md, "Budget of the hot path") for the endpoints as they are mapped: a session in this process is answered for without a command to the
/// database and without a grain call, however often, and without an allocation but its view.
/// </summary>
public sealed class WarmSessionTests(WarmSessionTests.CountingHost host) : IClassFixture<WarmSessionTests.CountingHost>
{
    private const int Calls = 100_000;

    /// <summary>A view, as <c>SessionAuthenticatorTests</c> counts it.</summary>
    private const int BytesOfAView = 184;

    /// <summary>These headers keep the length as text; Kestrel's keep a number.</summary>
    private const int BytesOfALength = 32;

    [Theory, Trait("Threat", "T34")]
    [InlineData("/v1/session", 200, BytesOfAView + BytesOfALength)]
    [InlineData("/v1/session/touch", 200, BytesOfAView + BytesOfALength)]
    [InlineData("/v1/session/validate", 204, 0)]
    [InlineData("/v1/session", 200, BytesOfAView + BytesOfALength, "trial")]
    [InlineData("/v1/session/touch", 200, BytesOfAView + BytesOfALength, "trial")]
    public async Task Answer_OfASessionInThisProcess_ReachesNoDatabaseAndNoGrainAndAllocatesItsViewAlone(string path, int status, int bytes, string edition = "standard")
    {
        var owner = await host.NewTenantAsync(edition);
        var endpoint = host.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Single(route => route.RoutePattern.RawText == path);
        var sink = new Sink();
        var context = new DefaultHttpContext { RequestServices = host.Service<IServiceProvider>() };
        context.Features.Set<IHttpResponseBodyFeature>(sink);
        context.Request.Headers.Authorization = "Bearer " + owner.Token;
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.SetEndpoint(endpoint);
        Answer(2_000);

        Allocations.Of(() => Answer(Calls)).ShouldBe((long)bytes * Calls);

        host.Count(() => Answer(Calls)).ShouldBe((0, 0));
        host.Count(() => host.Grains.Session(SessionId.From(default)).PeekAsync([], null, null, default).Ignore()).ShouldBe((0, 1), "it does count");
        host.Count(() => _ = host.Service<IDatabase>().ProbeAsync(default)).ShouldBe((1, 0), "that too");
        (context.Response.StatusCode, sink.Written > 0).ShouldBe((status, status == 200));
        context.Response.Headers.ContainsKey("Security-Testing").ShouldBe(edition == "trial");

        void Answer(int times)
        {
            for (var i = 0; i < times; i++)
            {
                if (!endpoint.RequestDelegate!(context).IsCompletedSuccessfully || context.Response.StatusCode != status) throw new InvalidOperationException();
            }
        }
    }

    /// <summary>Counts the commands and grain calls that a caller causes, and not what the platform does by itself meanwhile.</summary>
    public sealed class CountingHost : PlatformHost, IOutgoingGrainCallFilter
    {
        private static readonly AsyncLocal<bool> IsCaller = new();

        private readonly RecordingDatabase _database = new() { Records = () => IsCaller.Value };
        private long _grainCalls;

        private long Commands => _database.Reads.Count + _database.Writes.Count + _database.Probes;

        /// <param name="calls">Run to their end on this thread.</param>
        internal (long Commands, long GrainCalls) Count(Action calls)
        {
            var (commands, grainCalls) = (Commands, Interlocked.Read(ref _grainCalls));
            IsCaller.Value = true;
            calls();
            IsCaller.Value = false;
            return (Commands - commands, Interlocked.Read(ref _grainCalls) - grainCalls);
        }

        public Task Invoke(IOutgoingGrainCallContext context)
        {
            if (IsCaller.Value) Interlocked.Increment(ref _grainCalls);
            return context.Invoke();
        }

        private protected override void ConfigureMore(WebApplicationBuilder builder)
        {
            builder.Services.AddSingleton<IOutgoingGrainCallFilter>(this);
            _database.Put(builder.Services);
        }
    }

    /// <summary>Takes an answer as the server would, and keeps nothing of it.</summary>
    private sealed class Sink : PipeWriter, IHttpResponseBodyFeature
    {
        private readonly byte[] _buffer = new byte[4096];

        public long Written { get; private set; }

        public Stream Stream => Stream.Null;

        public PipeWriter Writer => this;

        public override void Advance(int bytes) => Written += bytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer;

        public override Span<byte> GetSpan(int sizeHint = 0) => _buffer;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;

        public override void CancelPendingFlush() { }

        public override void Complete(Exception? exception = null) { }

        public Task CompleteAsync() => Task.CompletedTask;

        public void DisableBuffering() { }

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
