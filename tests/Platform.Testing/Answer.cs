using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Platform.Testing;

/// <summary>An answer, read to its end.</summary>
public sealed record Answer(HttpStatusCode Status, HttpResponseMessage Message, string Text)
{
    /// <summary>When the request began, on the monotonic clock.</summary>
    public long Asked { get; init; }

    /// <summary>Between this moment and the next it was decided.</summary>
    public DateTimeOffset SentAt { get; init; }

    public DateTimeOffset AnsweredAt { get; init; }

    public HttpResponseHeaders Headers => Message.Headers;

    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string? ContentType => Message.Content.Headers.ContentType?.MediaType;

    /// <summary>Of a problem; null for anything else.</summary>
    public string? Code => Text.Contains("\"code\"", StringComparison.Ordinal) ? String("code") : null;

    public bool IsLive => Status is HttpStatusCode.OK or HttpStatusCode.NoContent;

    public bool IsRefused => Status == HttpStatusCode.Unauthorized && Code == "session_invalid";

    /// <summary>An outage, told as one.</summary>
    public bool IsOutage => Status == HttpStatusCode.ServiceUnavailable;

    public string? Header(string name) =>
        Message.Headers.TryGetValues(name, out var values) || Message.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    public string? String(string member) => Json.GetProperty(member).GetString();

    public IEnumerable<(string Pointer, string Code)> Errors =>
        Json.TryGetProperty("errors", out var errors)
            ? errors.EnumerateArray().Select(error => (error.GetProperty("pointer").GetString()!, error.GetProperty("code").GetString()!))
            : [];

    public JsonElement[] Items => [.. Json.GetProperty("items").EnumerateArray()];

    /// <summary>All by which somebody could tell this refusal from another: headers and text, without what differs from one to the next for anybody.</summary>
    public string Comparable
    {
        get
        {
            var headers = Message.Headers.Concat(Message.Content.Headers).Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
            return string.Join('\n', headers.Order(StringComparer.Ordinal)) + Text.Replace(String("traceId")!, "", StringComparison.Ordinal);
        }
    }

    /// <summary>A refusal as the contract asks: problem document, real status, known code, trace id.</summary>
    public Answer ShouldBeProblem(HttpStatusCode status, string code)
    {
        Status.ShouldBe(status, Text);
        ContentType.ShouldBe("application/problem+json");
        Code.ShouldBe(code);
        Json.GetProperty("status").GetInt32().ShouldBe((int)status);
        String("type").ShouldNotBeNullOrEmpty();
        String("title").ShouldNotBeNullOrEmpty();
        String("traceId")!.ShouldMatch("^[0-9a-f]{32}$");
        return this;
    }

    public Answer ShouldBe(HttpStatusCode status)
    {
        Status.ShouldBe(status, Text);
        return this;
    }
}
