// A back end of the tenant: GET /who answers whose session a page's call belongs to, or 401.
using System.Net.Http.Headers;
using System.Text.Json;

var builder = WebApplication.CreateBuilder(args);
var origin = builder.Configuration["ORIGIN"];
using var platform = new HttpClient { BaseAddress = new Uri(builder.Configuration["PLATFORM"]!), Timeout = TimeSpan.FromSeconds(5) };
platform.DefaultRequestHeaders.Authorization = new("Bearer", builder.Configuration["API_KEY"]);
var app = builder.Build();

app.MapGet("/who", async (HttpRequest request, HttpResponse response, CancellationToken cancellationToken) =>
{
    response.Headers.CacheControl = "no-store";
    if (TokenOf(request) is not { } token) return Results.Json(new { error = "session_invalid" }, statusCode: 401);
    try
    {
        using var form = new FormUrlEncodedContent([new("token", token)]);
        using var answer = await platform.PostAsync("/v1/introspect", form, cancellationToken);
        var session = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return session.GetProperty("active").GetBoolean() && session.TryGetProperty("origin", out var page) && page.ValueEquals(origin)
            ? Results.Json(new { user = session.GetProperty("sub").GetString(), username = session.GetProperty("username").GetString() })
            : Results.Json(new { error = "session_invalid" }, statusCode: 401);
    }
    catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
    {
        // The platform does not answer: that signs nobody out.
        return Results.Json(new { error = "unavailable" }, statusCode: 503);
    }
});
await app.RunAsync();

// The cookie of first-party mode comes along with whatever other sites make a browser send; only the page's own calls count. A bearer token nobody else can send.
static string? TokenOf(HttpRequest request) =>
    AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var sent) && sent.Scheme == "Bearer" ? sent.Parameter
    : request.Headers["Sec-Fetch-Site"] == "same-origin" ? request.Cookies["__Host-psid"]
    : null;
