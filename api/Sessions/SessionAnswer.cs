using Platform.Api.Authentication;
using Platform.Sessions;

namespace Platform.Api.Sessions;

/// <summary>Answers with a session: its length is known before it starts, and nothing waits unless the connection does.</summary>
internal static class SessionAnswer
{
    private const string ContentType = "application/json; charset=utf-8";

    /// <inheritdoc cref="SessionText.Write"/>
    public static Task WriteAsync(HttpContext context, SessionView view, DateTimeOffset? now = null)
    {
        Span<byte> text = stackalloc byte[SessionText.MaxLength];
        text = text[..SessionText.Write(text, view, now)];
        var response = context.Response;
        SecurityTestingHeader.Mark(response, view);
        response.ContentType = ContentType;
        response.ContentLength = text.Length;
        var starting = response.StartAsync(context.RequestAborted);
        if (!starting.IsCompletedSuccessfully) return WaitAsync(starting, response, text.ToArray());
        Write(response, text);
        return Task.CompletedTask;
    }

    private static async Task WaitAsync(Task starting, HttpResponse response, byte[] text)
    {
        await starting;
        Write(response, text);
    }

    /// <summary>The server sends it with the end of the request.</summary>
    private static void Write(HttpResponse response, ReadOnlySpan<byte> text)
    {
        text.CopyTo(response.BodyWriter.GetSpan(text.Length));
        response.BodyWriter.Advance(text.Length);
    }
}
