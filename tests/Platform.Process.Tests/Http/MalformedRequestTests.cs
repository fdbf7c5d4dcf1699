using Platform.Process.Tests.Hosting;

namespace Platform.Process.Tests.Http;

/// <summary>
/// Requests that a proxy in front could read otherwise than this server, and ones that are too large: refused, and nothing more is read from their
/// connection. Written byte by byte, since no client library sends them.
/// </summary>
[Trait("Database", "Unused")]
public sealed class MalformedRequestTests(ITestOutputHelper output, ServedPlatform served) : IClassFixture<ServedPlatform>
{
    private const string Host = "Host: localhost\r\n";
    private const string Next = "GET /livez HTTP/1.1\r\n" + Host + "X-Smuggled: yes\r\n\r\n";
    private const string Chunked = "Transfer-Encoding: chunked\r\n";

    public static TheoryData<string, string> Ambiguous => new()
    {
        { "content length and transfer encoding", "GET /livez HTTP/1.1\r\n" + Host + "Content-Length: 5\r\n" + Chunked + "\r\n0\r\n\r\n" },
        { "transfer encoding and content length", "POST /v1/sign-out HTTP/1.1\r\n" + Host + Chunked + "Content-Length: 5\r\n\r\n0\r\n\r\n" },
        { "two content lengths", "POST /v1/sign-out HTTP/1.1\r\n" + Host + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef" },
        { "two equal content lengths", "POST /v1/sign-out HTTP/1.1\r\n" + Host + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde" },
        { "a list of content lengths", "POST /v1/sign-out HTTP/1.1\r\n" + Host + "Content-Length: 5, 5\r\n\r\nabcde" },
        { "chunked twice", "POST /v1/sign-out HTTP/1.1\r\n" + Host + Chunked + Chunked + "\r\n0\r\n\r\n" },
        { "chunked not last", "POST /v1/sign-out HTTP/1.1\r\n" + Host + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" },
        { "an unknown transfer encoding", "POST /v1/sign-out HTTP/1.1\r\n" + Host + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" },
        { "a compressed transfer encoding", "POST /v1/sign-out HTTP/1.1\r\n" + Host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" },
        { "bare line feeds", "GET /livez HTTP/1.1\nHost: localhost\n\n" },
        { "one bare line feed", "GET /livez HTTP/1.1\r\n" + Host + "A: b\nTransfer-Encoding: chunked\r\n\r\n" },
        { "a bare carriage return", "GET /livez HTTP/1.1\r\n" + Host + "A: b\rTransfer-Encoding: chunked\r\n\r\n" },
        { "a folded header", "GET /livez HTTP/1.1\r\n" + Host + "A: b\r\n c\r\n\r\n" },
        { "a space before the colon", "GET /livez HTTP/1.1\r\n" + Host + "Transfer-Encoding : chunked\r\n\r\n" },
        { "a NUL in a header", "GET /livez HTTP/1.1\r\n" + Host + "A: b\0c\r\n\r\n" },
        { "two hosts", "GET /livez HTTP/1.1\r\n" + Host + "Host: other.example\r\n\r\n" },
        { "no host", "GET /livez HTTP/1.1\r\n\r\n" },
        { "a folded first line", "GET /livez\r\n HTTP/1.1\r\n" + Host + "\r\n" },
    };

    public static TheoryData<string, string, int> TooLarge => new()
    {
        { "101 headers", "GET /livez HTTP/1.1\r\n" + Host + string.Concat(Enumerable.Range(0, 100).Select(i => $"X-{i}: y\r\n")) + "\r\n", 431 },
        { "a header of 33 KiB", "GET /livez HTTP/1.1\r\n" + Host + "X: " + new string('y', 33 * 1024) + "\r\n\r\n", 431 },
        { "500 cookies", "GET /livez HTTP/1.1\r\n" + Host + "Cookie: " + string.Concat(Enumerable.Range(0, 500).Select(i => $"c{i}={new string('v', 70)}; ")) + "\r\n\r\n", 431 },
        { "a path of 9 KiB", "GET /" + new string('y', 9 * 1024) + " HTTP/1.1\r\n" + Host + "\r\n", 414 },
        { "a query of 9 KiB", "GET /livez?" + new string('y', 9 * 1024) + " HTTP/1.1\r\n" + Host + "\r\n", 414 },
    };

    [Theory]
    [MemberData(nameof(Ambiguous))]
    [Trait("Threat", "T89")]
    public async Task Request_WithTwoMeanings_Is400AndTheConnectionIsClosed(string what, string request)
    {
        var answer = await served.Platform.SendRawAsync(request + Next);

        ShouldBeRefused(what, answer, 400);
    }

    [Theory]
    [MemberData(nameof(TooLarge))]
    [Trait("Threat", "T66")]
    public async Task Request_TooLarge_IsRefusedAndTheConnectionIsClosed(string what, string request, int status)
    {
        var answer = await served.Platform.SendRawAsync(request + Next);

        ShouldBeRefused(what, answer, status);
    }

    [Fact]
    [Trait("Threat", "T89")]
    public async Task Request_Chunked_IsServedOnAConnectionThatStays()
    {
        // The control: what is refused above is not refused for being written by hand.
        var request = "POST /v1/sign-out HTTP/1.1\r\n" + Host + Chunked + "\r\n2\r\nab\r\n0\r\n\r\n" + "GET /livez HTTP/1.1\r\n" + Host + "Connection: close\r\n\r\n";

        var answer = await served.Platform.SendRawAsync(request);

        Statuses(answer.ShouldNotBeNull()).ShouldBe([204, 200]);
    }

    private void ShouldBeRefused(string what, string? answer, int status)
    {
        output.WriteLine($"{what}: {answer}");
        answer.ShouldNotBeNull("the connection stays open");
        Statuses(answer).ShouldBe([status], "one answer, and none to what came after");
        foreach (var leak in (string[])["   at ", "Exception", "Kestrel", "Microsoft"]) answer.ShouldNotContain(leak, Case.Sensitive);
    }

    private static int[] Statuses(string answer) =>
        [.. answer.Split("HTTP/1.1 ").Skip(1).Select(part => int.Parse(part[..3], System.Globalization.CultureInfo.InvariantCulture))];
}
