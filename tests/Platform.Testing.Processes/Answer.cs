using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Platform.Testing.Processes;

/// <summary>An answer, with the moments between which it was decided.</summary>
public sealed record Answer(HttpStatusCode Status, string Body, HttpResponseHeaders Headers, DateTimeOffset SentAt, DateTimeOffset AnsweredAt)
{
    /// <summary>When the request began, on the monotonic clock.</summary>
    public long Asked { get; init; }

    public bool IsLive => Status is HttpStatusCode.OK or HttpStatusCode.NoContent;

    public bool IsRefused => Status == HttpStatusCode.Unauthorized && Code == "session_invalid";

    /// <summary>An outage, told as one.</summary>
    public bool IsOutage => Status == HttpStatusCode.ServiceUnavailable;

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>Code of a problem; empty for anything else.</summary>
    public string Code => Body.Contains("\"code\"", StringComparison.Ordinal) ? Json.GetProperty("code").GetString() ?? "" : "";

    public Answer Expect(HttpStatusCode status)
    {
        Status.ShouldBe(status, Body);
        return this;
    }
}

/// <summary>A session as its holder got it at sign-in.</summary>
public sealed record SignedIn(string Id, string Token, DateTimeOffset CreatedAt, DateTimeOffset AbsoluteExpiresAt)
{
    public static SignedIn Of(Answer answer)
    {
        var body = answer.Expect(HttpStatusCode.OK).Json;
        var session = body.GetProperty("session");
        return new SignedIn(
            session.GetProperty("id").GetString()!,
            body.GetProperty("token").GetString()!,
            session.GetProperty("createdAt").GetDateTimeOffset(),
            session.GetProperty("absoluteExpiresAt").GetDateTimeOffset());
    }
}
