using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Platform.Process.Tests.Telemetry;

/// <summary>A collector of traces, metrics and logs (OTLP over HTTP with protobuf), in the test.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly List<byte[]> _received = [];
    private readonly List<Span> _spans = [];
    private readonly List<LogRecord> _logs = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Collector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/v1/traces", context => ReceiveAsync(context, request => _spans.AddRange(Span.ReadExport(request))));
        _app.MapPost("/v1/metrics", context => ReceiveAsync(context, static _ => { }));
        _app.MapPost("/v1/logs", context => ReceiveAsync(context, request => _logs.AddRange(LogRecord.ReadExport(request))));
    }

    public IReadOnlyList<Span> Spans
    {
        get
        {
            lock (_gate) return [.. _spans];
        }
    }

    public IReadOnlyList<LogRecord> Logs
    {
        get
        {
            lock (_gate) return [.. _logs];
        }
    }

    /// <summary>For the platform: export here, soon, all of it.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", _app.Urls.Single()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "100000"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "100"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
    ];

    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>Waits for exports until the spans are as wanted.</summary>
    public async Task<IReadOnlyList<Span>> WaitForAsync(Func<IReadOnlyList<Span>, bool> wanted)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (true)
        {
            Task more;
            IReadOnlyList<Span> spans;
            lock (_gate) (more, spans) = (_more.Task, [.. _spans]);
            if (wanted(spans)) return spans;
            try
            {
                await more.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException late)
            {
                throw new TimeoutException("Not exported; there is:\n" + string.Join('\n', spans.Select(span => $"{span.TraceId} {span.ParentId} {span.Id} {span.Kind} {span.Source}: {span.Name}")), late);
            }
        }
    }

    /// <summary>Whether the bytes of the text were in anything received: names, attributes, events, metrics, logs, resource.</summary>
    public bool HasReceived(string text)
    {
        var needle = Encoding.UTF8.GetBytes(text);
        lock (_gate) return _received.Exists(request => request.AsSpan().IndexOf(needle) >= 0);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context, Action<byte[]> read)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var request = body.ToArray();
        lock (_gate)
        {
            _received.Add(request);
            read(request);
            _more.TrySetResult();
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        context.Response.ContentType = "application/x-protobuf";
    }
}
