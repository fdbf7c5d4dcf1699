using System.Net.Http.Headers;
using System.Text;

namespace Platform.Benchmarks.Load;

/// <summary>One request, as any version of HTTP sends it.</summary>
internal sealed class LoadRequest(LoadCall call, HttpMethod method, string path, (string Name, string Value)[] headers, string? contentType = null, byte[]? body = null)
{
    private (LoadHost Host, byte[] Bytes)? _last;

    public LoadCall Call => call;

    /// <summary>As HTTP/1.1 sends it to a host; made once for the host that it goes to again and again.</summary>
    public byte[] Bytes(LoadHost host)
    {
        if (_last is { } last && last.Host == host) return last.Bytes;
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: {host.Authority}\r\n");
        foreach (var (name, value) in headers) head.Append(name).Append(": ").Append(value).Append("\r\n");
        if (contentType is not null) head.Append("Content-Type: ").Append(contentType).Append("\r\n");
        if (method == HttpMethod.Post) head.Append("Content-Length: ").Append(body?.Length ?? 0).Append("\r\n");
        byte[] bytes = [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body ?? []];
        _last = (host, bytes);
        return bytes;
    }

    /// <summary>As the other versions send it.</summary>
    public HttpRequestMessage Message(LoadHost host, HttpClient client)
    {
        var message = new HttpRequestMessage(method, path) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
        message.Headers.Host = host.Authority;
        foreach (var (name, value) in headers) message.Headers.TryAddWithoutValidation(name, value);
        if (body is null) return message;
        message.Content = new ByteArrayContent(body);
        message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType!);
        return message;
    }
}
