using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Platform.Api.Tests.Hosting;

/// <summary>All that was logged, as text, exceptions included; with <see cref="Everything"/> from the most talkative level on.</summary>
[ProviderAlias("Recorded")]
internal sealed class RecordedLogs : ILoggerProvider
{
    /// <summary>But for the framework's line per request, which repeats the query: the platform never lets it through.</summary>
    public static readonly string[] Everything =
        ["--Logging:Recorded:LogLevel:Default=Trace", "--Logging:Recorded:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics=None"];

    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    public string Text => string.Join('\n', _lines.Select(line => line.Text));

    public IEnumerable<string> At(LogLevel level) => _lines.Where(line => line.Level == level).Select(line => line.Text);

    public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName);

    public void Dispose() { }

    private sealed class Recorder(RecordedLogs owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var members = state is IReadOnlyList<KeyValuePair<string, object?>> list ? string.Join(' ', list.Select(pair => pair.Value)) : "";
            owner._lines.Enqueue((logLevel, $"{category}: {formatter(state, exception)} {members} {exception}"));
        }
    }
}
