using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Platform.Notifications;

/// <summary>The HTML part of a mail: the plain text, encoded as a whole. It loads nothing, so opening it tells nobody.</summary>
internal static class NotificationHtml
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <param name="subject">Plain.</param>
    /// <param name="text">Plain; an empty line separates paragraphs.</param>
    /// <param name="link">The one link: a line that is this and nothing else can be clicked.</param>
    /// <param name="language">Of the text.</param>
    public static string Of(string subject, string text, string? link, NotificationLanguage language)
    {
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"").Append(language.ToTag()).Append("\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>")
            .Append(Encoder.Encode(subject))
            .Append("</title></head>\n<body style=\"margin:0;padding:24px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif;color:#1f2328;background:#fff\">\n<div style=\"max-width:36em;margin:0 auto\">\n");
        foreach (var paragraph in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            html.Append("<p>").AppendJoin("<br>\n", paragraph.Split('\n').Select(line => Line(line.Trim(), link))).Append("</p>\n");
        }

        return html.Append("</div>\n</body>\n</html>\n").ToString();
    }

    private static string Line(string line, string? link)
    {
        var encoded = Encoder.Encode(line);
        return line == link ? $"<a href=\"{encoded}\" style=\"color:#0b57d0;word-break:break-all\">{encoded}</a>" : encoded;
    }
}
