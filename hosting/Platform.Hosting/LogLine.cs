using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Platform.Hosting;

/// <summary>
/// One line an event: ISO 8601 time in UTC, level, event name, category, message, trace id. As text by default, as a JSON object with
/// <c>Logging__Console__FormatterName=json</c>. The framework's own formatters show a number where operators look for the event's name, and no trace id.
/// </summary>
internal sealed class LogLine(string name, TimeProvider time) : ConsoleFormatter(name)
{
    public const string Text = "text";
    public const string Json = "json";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        if (message is null && logEntry.Exception is null) return;
        var at = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        if (Name == Json) WriteJson(logEntry, at, message, textWriter);
        else WriteText(logEntry, at, message, textWriter);
    }

    private static void WriteText<TState>(in LogEntry<TState> entry, string at, string? message, TextWriter to)
    {
        to.Write($"{at} {Abbreviate(entry.LogLevel)}: ");
        if (entry.EventId.Name is { Length: > 0 } name) to.Write($"{name} ");
        to.Write($"{entry.Category} {InOneLine(message)}");
        if (Activity.Current is { } activity) to.Write($" trace={activity.TraceId}");
        if (entry.Exception is { } failure) to.Write($" {InOneLine(failure.ToString())}");
        to.WriteLine();
    }

    private static void WriteJson<TState>(in LogEntry<TState> entry, string at, string? message, TextWriter to)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", at);
            json.WriteString("level", Abbreviate(entry.LogLevel));
            if (entry.EventId.Name is { Length: > 0 } name) json.WriteString("event", name);
            json.WriteString("category", entry.Category);
            json.WriteString("message", message);
            if (Activity.Current is { } activity) json.WriteString("traceId", activity.TraceId.ToString());
            if (entry.Exception is { } failure) json.WriteString("exception", failure.ToString());
            if (entry.State is IReadOnlyList<KeyValuePair<string, object?>> values) WriteValues(json, values);
            json.WriteEndObject();
        }

        to.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private static void WriteValues(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        json.WriteStartObject("values");
        foreach (var (key, value) in values)
        {
            if (key != "{OriginalFormat}") json.WriteString(key, Convert.ToString(value, CultureInfo.InvariantCulture));
        }

        json.WriteEndObject();
    }

    /// <summary>A value with a line end cannot make up a line of its own (threat T75).</summary>
    private static string InOneLine(string? text) => text is null ? "" : text.ReplaceLineEndings(" ");

    private static string Abbreviate(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}
