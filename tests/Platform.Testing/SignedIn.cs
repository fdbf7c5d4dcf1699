using System.Net;
using System.Text.Json;

namespace Platform.Testing;

/// <summary>A session as its holder got it at sign-in.</summary>
public sealed record SignedIn(string Token, JsonElement Session)
{
    public string Id => Session.GetProperty("id").GetString()!;

    public DateTimeOffset CreatedAt => Session.GetProperty("createdAt").GetDateTimeOffset();

    public DateTimeOffset AbsoluteExpiresAt => Session.GetProperty("absoluteExpiresAt").GetDateTimeOffset();

    public static SignedIn Of(Answer answer)
    {
        var body = answer.ShouldBe(HttpStatusCode.OK).Json;
        return new SignedIn(body.GetProperty("token").GetString()!, body.GetProperty("session"));
    }
}
