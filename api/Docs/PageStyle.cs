using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Platform.Api.Docs;

/// <summary>The style of the documentation's pages: no script at all, one style sheet, allowed by its hash.</summary>
internal static class PageStyle
{
    private const string Style =
        "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}"
        + "h2{margin-top:3rem;border-bottom:1px solid #ccc}section{margin:2rem 0}code,pre{font:14px/1.4 ui-monospace,monospace;background:#f3f3f3;border-radius:3px}"
        + "code{padding:1px 4px;overflow-wrap:break-word}pre{padding:.8rem;overflow-x:auto;white-space:pre-wrap;overflow-wrap:break-word}h3 code{font-size:17px}table{border-collapse:collapse;width:100%}"
        + "td,th{border-top:1px solid #ddd;padding:.35rem .5rem;text-align:left;vertical-align:top}dt{font-weight:600;margin-top:.6rem}"
        + "@media(max-width:40rem){table{display:block;overflow-x:auto}td,th{min-width:8rem}}"
        + "@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}code,pre{background:#262626}td,th{border-color:#383838}a{color:#8ab4f8}}";

    public static StringValues Policy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /// <param name="title">Encoded.</param>
    /// <param name="body">HTML.</param>
    public static string Wrap(string title, string body) =>
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
        + $"<title>{title}</title><style>{Style}</style></head><body><main>{body}</main></body></html>";
}
