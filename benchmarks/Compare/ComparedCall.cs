using System.Text;

namespace Platform.Benchmarks.Compare;

/// <summary>A call that servers are compared by. Each has a row of the bare server, which its ratios refer to.</summary>
/// <param name="Name">In the tables.</param>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">On every server.</param>
internal sealed record ComparedCall(string Name, string Method, string Path)
{
    public static readonly ComparedCall Peek = new("GET /v1/session", "GET", "/v1/session");
    public static readonly ComparedCall Validate = new("POST /v1/session/validate", "POST", "/v1/session/validate");
    public static readonly ComparedCall Touch = new("POST /v1/session/touch", "POST", "/v1/session/touch");
    public static readonly ComparedCall Naive = new("195-byte answer", "GET", "/naive");

    /// <param name="credential">A header with its value.</param>
    public byte[] Request(string credential) =>
        Encoding.ASCII.GetBytes($"{Method} {Path} HTTP/1.1\r\nHost: localhost\r\n{credential}\r\n{(Method == "POST" ? "Content-Length: 0\r\n" : "")}\r\n");
}
