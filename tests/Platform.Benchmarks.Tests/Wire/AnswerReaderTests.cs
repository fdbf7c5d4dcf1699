using System.Text;
using Platform.Benchmarks.Wire;

namespace Platform.Benchmarks.Tests.Wire;

/// <summary>Answers over HTTP/1.1, in whatever pieces they come.</summary>
public sealed class AnswerReaderTests
{
    private const string WithLength = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: now\r\n\r\n{}";
    private const string WithoutBody = "HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n";
    private const string Chunked = "HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(10_000)]
    public async Task Read_AnswersInPieces_AreWhole(int piece)
    {
        var reader = new AnswerReader(new Pieces(WithLength, piece));
        await reader.ReadAsync();
        (reader.Status, reader.Length, Encoding.ASCII.GetString(reader.Body()), reader.Closes).ShouldBe((200, WithLength.Length, "{}", false));

        reader = new AnswerReader(new Pieces(WithoutBody, piece));
        await reader.ReadAsync();
        (reader.Status, reader.Length, reader.Body().Length).ShouldBe((204, WithoutBody.Length, 0));

        reader = new AnswerReader(new Pieces(Chunked, piece));
        await reader.ReadAsync();
        (reader.Status, reader.Length, Encoding.ASCII.GetString(reader.Body()), reader.Closes).ShouldBe((503, Chunked.Length, "hello0123456789", true));
    }

    [Fact]
    public async Task Read_LongAnswer_Grows()
    {
        var text = $"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{new string('x', 100_000)}";
        var reader = new AnswerReader(new Pieces(text, 5_000));
        await reader.ReadAsync();
        reader.Body().Length.ShouldBe(100_000);
    }

    [Theory]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\nmore")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    public async Task Read_NoAnswer_IsSaid(string text) => await Should.ThrowAsync<InvalidDataException>(() => new AnswerReader(new Pieces(text, 10_000)).ReadAsync().AsTask());

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{")]
    public async Task Read_ConnectionCloses_IsSaid(string text) => await Should.ThrowAsync<EndOfStreamException>(() => new AnswerReader(new Pieces(text, 10_000)).ReadAsync().AsTask());

    private sealed class Pieces(string text, int piece) : MemoryStream(Encoding.ASCII.GetBytes(text))
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
