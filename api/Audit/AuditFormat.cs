using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Platform.Api.Requests;

namespace Platform.Api.Audit;

/// <summary>A form in which a whole log can be streamed.</summary>
internal abstract class AuditFormat
{
    private const string Pages = "application/json";

    public abstract string ContentType { get; }

    public abstract string Extension { get; }

    public virtual void WriteHeader(IBufferWriter<byte> output) { }

    public abstract void Write(AuditEventBody found, IBufferWriter<byte> output);

    /// <summary>The caller's preference among JSON pages, NDJSON and CSV; null for pages, also if the caller asks for something else.</summary>
    public static AuditFormat? Chosen(HttpRequest request, JsonSerializerOptions json) => AcceptedMedia.Choose(request, Pages, NdjsonFormat.MediaType, CsvFormat.MediaType) switch
    {
        NdjsonFormat.MediaType => new NdjsonFormat(json),
        CsvFormat.MediaType => new CsvFormat(),
        _ => null,
    };
}

/// <summary>An event a line, as in a page.</summary>
internal sealed class NdjsonFormat(JsonSerializerOptions json) : AuditFormat
{
    public const string MediaType = "application/x-ndjson";

    private static readonly JsonWriterOptions OneLine = new() { Indented = false };

    public override string ContentType => MediaType;

    public override string Extension => "ndjson";

    public override void Write(AuditEventBody found, IBufferWriter<byte> output)
    {
        using (var writer = new Utf8JsonWriter(output, OneLine)) JsonSerializer.Serialize(writer, found, json);
        output.Write("\n"u8);
    }
}

/// <summary>
/// RFC 4180, every cell quoted. Made for spreadsheets, which take cells for formulas (threat T75): a cell that could be one begins with an apostrophe. Control
/// characters stand as escapes, so that an event is one line.
/// </summary>
internal sealed class CsvFormat : AuditFormat
{
    public const string MediaType = "text/csv";

    private const string Header =
        "\"sequence\",\"id\",\"time\",\"action\",\"outcome\",\"reason\",\"actorType\",\"actorId\",\"actorName\",\"targetType\",\"targetId\",\"targetName\","
        + "\"ip\",\"userAgent\",\"sessionId\",\"traceId\",\"changes\",\"previousHash\",\"hash\"\r\n";

    private readonly StringBuilder _line = new();

    public override string ContentType => MediaType + "; charset=utf-8";

    public override string Extension => "csv";

    public override void WriteHeader(IBufferWriter<byte> output) => Encoding.UTF8.GetBytes(Header, output);

    public override void Write(AuditEventBody found, IBufferWriter<byte> output)
    {
        _line.Clear();
        string?[] cells =
        [
            found.Sequence.ToString(CultureInfo.InvariantCulture), found.Id, Platform.Audit.AuditNames.Of(found.Time), found.Action, found.Outcome, found.Reason,
            found.Actor.Type, found.Actor.Id, found.Actor.Name, found.Target.Type, found.Target.Id, found.Target.Name,
            found.Ip, found.UserAgent, found.SessionId, found.TraceId, Changes(found), found.PreviousHash, found.Hash,
        ];
        foreach (var cell in cells) Append(cell);
        _line.Length--;
        _line.Append("\r\n");
        foreach (var chunk in _line.GetChunks()) Encoding.UTF8.GetBytes(chunk.Span, output);
    }

    private static string? Changes(AuditEventBody found) =>
        found.Changes.Count == 0 ? null : JsonSerializer.Serialize(found.Changes, JsonSerializerOptions.Web);

    private void Append(string? cell)
    {
        _line.Append('"');
        if (cell is { Length: > 0 })
        {
            if (MayBeFormula(cell)) _line.Append('\'');
            foreach (var c in cell) Append(c);
        }

        _line.Append("\",");
    }

    /// <summary>Spreadsheets also take the full-width forms of these characters.</summary>
    private static bool MayBeFormula(string cell) => cell[0] is '\t' or '\r' or '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠' or '﹢' or '﹣' or '﹦' or '﹫' or '−';

    private void Append(char c)
    {
        switch (c)
        {
            case '"': _line.Append("\"\""); break;
            case '\n': _line.Append("\\n"); break;
            case '\r': _line.Append("\\r"); break;
            case '\t': _line.Append("\\t"); break;
            case < ' ' or '\u007f' or '\u0085' or '\u2028' or '\u2029': _line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"); break;
            default: _line.Append(c); break;
        }
    }
}
