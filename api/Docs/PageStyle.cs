using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Platform.Api.Docs;

/// <summary>The style of the documentation's pages: one style sheet, allowed by its hash. A script, where a page has one, is allowed by its hash, too.</summary>
internal static class PageStyle
{
    private const string Style =
        "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}"
        + "h2{margin-top:3rem;border-bottom:1px solid #ccc}section{margin:2rem 0}code,pre{font:14px/1.4 ui-monospace,monospace;background:#f3f3f3;border-radius:3px}"
        + "code{padding:1px 4px;overflow-wrap:break-word}pre{padding:.8rem;overflow-x:auto;white-space:pre-wrap;overflow-wrap:break-word}h3 code{font-size:17px}table{border-collapse:collapse;width:100%}"
        + "td,th{border-top:1px solid #ddd;padding:.35rem .5rem;text-align:left;vertical-align:top}dt{font-weight:600;margin-top:.6rem}"
        + "nav{columns:2;column-gap:2rem}nav details{break-inside:avoid;padding:.2rem 0}nav ul{margin:.2rem 0;padding-left:1.2rem}nav summary{cursor:pointer}section:target h3{background:#fff3c4}h3 a{text-decoration:none}"
        + "label{display:block;margin-top:1rem;font-weight:600}small{font-weight:400;color:#5c5c5c}input,textarea,button{font:inherit;color:inherit;background:transparent;border:1px solid #767676;border-radius:4px;padding:.5rem}"
        + "input,textarea{display:block;box-sizing:border-box;width:100%;margin-top:.25rem}button{padding:.5rem 1.2rem;background:#0b57d0;border-color:#0b57d0;color:#fff;cursor:pointer}button:disabled{opacity:.5}"
        + "dd{margin-left:0;overflow-wrap:anywhere}.note{border-left:4px solid #767676;padding:.2rem 1rem;margin:1rem 0;overflow-wrap:anywhere}.good{border-color:#14753c}.bad{border-color:#b3261e;white-space:pre-line}[hidden]{display:none}"
        + ".tabs{margin:1rem 0}.tabs input{position:absolute;width:auto;opacity:0}.tabs label{display:inline-block;margin:0;padding:.15rem .8rem;font-weight:400;cursor:pointer;border-bottom:3px solid transparent}"
        + ".tabs input:checked+label{font-weight:600;border-color:#0b57d0}.tabs input:focus-visible+label{outline:2px solid #0b57d0}.tabs pre{display:none;margin:0}"
        + ".tabs input:nth-of-type(1):checked~pre:nth-of-type(1),.tabs input:nth-of-type(2):checked~pre:nth-of-type(2),.tabs input:nth-of-type(3):checked~pre:nth-of-type(3),.tabs input:nth-of-type(4):checked~pre:nth-of-type(4){display:block}"
        + "section details{margin:.4rem 0}section summary{cursor:pointer}section ul{padding-left:1.2rem}.group>h2{scroll-margin-top:1rem}#found{display:block;min-height:1.5em}nav code{background:none;font-size:12px;padding:0}"
        + "@media(max-width:40rem){nav{columns:1}table,tr,td{display:block}tr{border-top:1px solid #ddd;padding:.35rem 0}td{border:0;padding:.1rem 0;overflow-wrap:anywhere}th{display:inline;border:0;padding:0 1rem 0 0;font-size:14px}td:first-child{font-weight:600}}"
        + "@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}code,pre{background:#262626}td,th,tr{border-color:#383838}a{color:#8ab4f8}section:target h3{background:#4a3f10}small{color:#a8a8a8}}";

    public static StringValues Policy { get; } = $"default-src 'none'; {Rest}";

    private static string Rest => $"style-src '{HashOf(Style)}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /// <summary>For a page with this script in it, which calls its own origin. It makes no markup from strings.</summary>
    public static StringValues PolicyOfCaller(string script) => PolicyOf(script, "connect-src 'self'; ");

    /// <summary>For a page with this script in it, which calls nothing.</summary>
    public static StringValues PolicyOf(string script) => PolicyOf(script, "");

    private static StringValues PolicyOf(string script, string connect) =>
        $"default-src 'none'; script-src '{HashOf(script)}'; {connect}require-trusted-types-for 'script'; trusted-types 'none'; {Rest}";

    /// <summary>Text as it stands on a page. Braces of an example are no places of the page that are still to be filled.</summary>
    public static string Encode(string? text) => WebUtility.HtmlEncode(text ?? "").Replace("{{", "&#123;&#123;", StringComparison.Ordinal);

    private static string HashOf(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <param name="title">Encoded.</param>
    /// <param name="body">HTML.</param>
    public static string Wrap(string title, string body) =>
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
        + $"<title>{title}</title><style>{Style}</style></head><body><main>{body}</main></body></html>";
}
