using System.Globalization;
using System.Text;

namespace Platform.Api.Docs.CallExamples;

/// <summary>A call of <c>HttpClient</c>: it needs no package, and every generator of clients wraps it.</summary>
internal static class CSharpExample
{
    public static string Of(ExampleCall call)
    {
        var method = CultureInfo.InvariantCulture.TextInfo.ToTitleCase(call.Method.ToLowerInvariant());
        var text = new StringBuilder($"using var request = new HttpRequestMessage(HttpMethod.{method}, \"{call.Path}\");");
        if (call.TakesCredential) text.Append("\nrequest.Headers.Authorization = new AuthenticationHeaderValue(\"Bearer\", token);");
        foreach (var (name, value) in call.Headers) text.Append(CultureInfo.InvariantCulture, $"\nrequest.Headers.TryAddWithoutValidation(\"{name}\", \"{value.Replace("\"", "\\\"", StringComparison.Ordinal)}\");");
        if (call.IsForm)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nrequest.Content = new FormUrlEncodedContent(new Dictionary<string, string> {{ {string.Join(", ", call.Body!.AsObject().Select(member => $"[\"{member.Key}\"] = \"{member.Value}\""))} }});");
        }
        else if (call.Body is not null)
        {
            text.Append("\nrequest.Content = new StringContent(\n    \"\"\"\n    ").Append(call.BodyLines.Replace("\n", "\n    ", StringComparison.Ordinal))
                .Append(CultureInfo.InvariantCulture, $"\n    \"\"\", Encoding.UTF8, \"{call.MediaType}\");");
        }

        return text.Append("\nusing var answer = await client.SendAsync(request);").ToString();
    }
}
