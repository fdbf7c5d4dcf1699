using System.Text;

namespace Platform.Api.Docs.CallExamples;

/// <summary>A call as a line of a shell.</summary>
internal static class CurlExample
{
    public static string Of(ExampleCall call)
    {
        var line = new StringBuilder("curl");
        if (call.Method != (call.Body is null ? "GET" : "POST")) line.Append(" -X ").Append(call.Method);
        line.Append(" \"$PLATFORM").Append(call.Path).Append('"');
        if (call.TakesCredential) line.Append(" -H \"Authorization: Bearer $TOKEN\"");
        foreach (var (name, value) in call.Headers) line.Append(" -H '").Append(name).Append(": ").Append(Quoted(value)).Append('\'');
        if (call.AnswersBytes) line.Append(" -OJ");
        if (call.Body is null) return line.ToString();
        if (!call.IsForm) line.Append(" -H 'Content-Type: ").Append(call.MediaType).Append('\'');
        return line.Append(" -d '").Append(Quoted(call.BodyText)).Append('\'').ToString();
    }

    /// <summary>Within single quotes of a shell.</summary>
    private static string Quoted(string text) => text.Replace("'", @"'\''", StringComparison.Ordinal);
}
