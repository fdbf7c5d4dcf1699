using System.Text;
using Platform.Benchmarks.Compare;
using Answer = Platform.Benchmarks.Compare.Answer;

namespace Platform.Benchmarks.Tests.Compare;

/// <summary>The answer of the platform that the compared servers repeat.</summary>
public sealed class AnswerTests
{
    private const string Date = "Date: Sun, 29 Nov 2026 09:31:18 GMT\r\n";

    [Fact]
    public void Parse_AnswerWithBody_LeavesOutWhatTheServerSetsItself()
    {
        var answer = Answer.Parse(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n{Date}Cache-Control: no-store\r\nX-Frame-Options: DENY\r\n\r\n{{}}"));
        answer.Status.ShouldBe(200);
        answer.ContentType.ShouldBe("application/json");
        answer.Headers.ShouldBe([new AnswerHeader("Cache-Control", "no-store"), new AnswerHeader("X-Frame-Options", "DENY")]);
        Encoding.ASCII.GetString(answer.Body).ShouldBe("{}");
    }

    [Fact]
    public void Parse_AnswerWithoutBody_HasNone()
    {
        var answer = Answer.Parse(Encoding.ASCII.GetBytes($"HTTP/1.1 204 No Content\r\n{Date}Cache-Control: no-store\r\n\r\n"));
        (answer.Status, answer.ContentType, answer.Body.Length).ShouldBe((204, "", 0));
    }

    [Fact]
    public void Naive_OverTheWire_Has195Bytes()
    {
        var naive = Answer.Naive;
        var head = $"HTTP/1.1 200 OK\r\nContent-Length: {naive.Body.Length}\r\nContent-Type: {naive.ContentType}\r\n{Date}\r\n";
        (head.Length + naive.Body.Length).ShouldBe(195);
    }

    [Fact]
    public void Request_OfACall_IsWholeHttp()
    {
        Encoding.ASCII.GetString(ComparedCall.Peek.Request("Cookie: a=b")).ShouldBe("GET /v1/session HTTP/1.1\r\nHost: localhost\r\nCookie: a=b\r\n\r\n");
        Encoding.ASCII.GetString(ComparedCall.Touch.Request("Cookie: a=b"))
            .ShouldBe("POST /v1/session/touch HTTP/1.1\r\nHost: localhost\r\nCookie: a=b\r\nContent-Length: 0\r\n\r\n");
    }
}
