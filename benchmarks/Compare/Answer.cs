using System.Globalization;
using System.Text;

namespace Platform.Benchmarks.Compare;

/// <summary>A header as the platform sends it.</summary>
internal sealed record AnswerHeader(string Name, string Value);

/// <summary>What the platform answered, for the other servers to send too.</summary>
internal sealed record Answer(int Status, IReadOnlyList<AnswerHeader> Headers, string ContentType, byte[] Body)
{
    private static readonly string[] OfTheServer = ["Date", "Content-Length", "Content-Type"];

    /// <summary>What somebody who starts with a Redis lookup sends: the least, without security headers; 195 bytes over the wire.</summary>
    public static readonly Answer Naive = new(
        200, [], "application/json; charset=utf-8", """{"user":"usr_0123456789abcdef0123456789abcdef","name":"owner","role":31}"""u8.ToArray());

    /// <param name="text">One whole HTTP/1.1 answer with a length or without a body.</param>
    public static Answer Parse(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf("\r\n\r\n"u8);
        var lines = Encoding.ASCII.GetString(text[..end]).Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).Select(pair => new AnswerHeader(pair[0], pair[1])).ToList();
        return new Answer(
            int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture),
            [.. headers.Where(header => !OfTheServer.Contains(header.Name, StringComparer.OrdinalIgnoreCase))],
            headers.Find(header => header.Name == "Content-Type")?.Value ?? "",
            text[(end + 4)..].ToArray());
    }
}
