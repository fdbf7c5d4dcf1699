using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Platform.Benchmarks.Wire;

/// <summary>
/// Reads the answers of one HTTP/1.1 connection whole, one after the other. It looks at no more of them than status and length: what the load costs is taken from the servers on the same
/// machine.
/// </summary>
internal sealed class AnswerReader(Stream stream)
{
    private const int Most = 1024 * 1024;
    private const int StatusEnd = 12;

    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] EndOfLine = "\r\n"u8.ToArray();

    private byte[] _buffer = new byte[16 * 1024];
    private int _head;
    private int _length;
    private bool _chunked;

    /// <summary>Of the last answer.</summary>
    public int Status { get; private set; }

    /// <summary>Bytes of the last answer.</summary>
    public int Length { get; private set; }

    /// <summary>The server closes the connection after the last answer.</summary>
    public bool Closes { get; private set; }

    /// <summary>The last answer, until the next one is read.</summary>
    public ReadOnlySpan<byte> Text => _buffer.AsSpan(0, Length);

    /// <exception cref="EndOfStreamException">The server closed the connection.</exception>
    /// <exception cref="InvalidDataException">It is no answer.</exception>
    public async ValueTask ReadAsync()
    {
        for (var read = Begin(); !IsWhole(read);) read += await stream.ReadAsync(_buffer.AsMemory(read)) is var more and > 0 ? more : throw Ended(read);
    }

    /// <summary>The same for a thread that blocks.</summary>
    public void Read()
    {
        for (var read = Begin(); !IsWhole(read);) read += stream.Read(_buffer.AsSpan(read)) is var more and > 0 ? more : throw Ended(read);
    }

    private static EndOfStreamException Ended(int read) => new($"The server closed the connection after {read} bytes of an answer.");

    private int Begin() => _head = Length = 0;

    /// <param name="read">Bytes so far.</param>
    private bool IsWhole(int read)
    {
        var length = read == 0 ? 0 : Measure(_buffer.AsSpan(0, read));
        if (length > 0 && read > length) throw new InvalidDataException("An answer is longer than it says.");
        if (length > 0 && read == length)
        {
            Length = length;
            return true;
        }

        if (read == _buffer.Length) Grow();
        return false;
    }

    /// <summary>The body of the last answer, its chunks put together.</summary>
    public byte[] Body()
    {
        var rest = Text[_head..];
        if (!_chunked) return rest.ToArray();
        var body = new MemoryStream(rest.Length);
        while (TryReadChunk(rest, out var start, out var size) && size > 0)
        {
            body.Write(rest.Slice(start, size));
            rest = rest[(start + size + EndOfLine.Length)..];
        }

        return body.ToArray();
    }

    private void Grow()
    {
        if (_buffer.Length >= Most) throw new InvalidDataException($"An answer has more than {Most} bytes.");
        Array.Resize(ref _buffer, _buffer.Length * 2);
    }

    /// <returns>Of the whole answer; 0 while that is not known.</returns>
    private int Measure(ReadOnlySpan<byte> text)
    {
        if (_head == 0)
        {
            var end = text.IndexOf(EndOfHead);
            if (end < 0) return 0;
            ReadHead(text[..end]);
            _head = end + EndOfHead.Length;
        }

        return _chunked ? MeasureChunks(text) : _head + _length;
    }

    private void ReadHead(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith("HTTP/1."u8) || head.Length < StatusEnd || !Utf8Parser.TryParse(head[9..StatusEnd], out int status, out var digits) || digits != 3)
        {
            throw new InvalidDataException("What came is no HTTP/1.1 answer.");
        }

        Status = status;
        Closes = Find(head, "\r\nConnection: close"u8, "\r\nconnection: close"u8) >= 0;
        _length = 0;
        _chunked = false;
        if (status is 204 or 304) return;
        var value = Find(head, "\r\nContent-Length: "u8, "\r\ncontent-length: "u8);
        if (value >= 0)
        {
            if (!Utf8Parser.TryParse(head[value..], out _length, out _)) throw new InvalidDataException("An answer has no length that can be read.");
            return;
        }

        _chunked = Find(head, "\r\nTransfer-Encoding: chunked"u8, "\r\ntransfer-encoding: chunked"u8) >= 0;
        if (!_chunked) throw new InvalidDataException("An answer does not say how long it is.");
    }

    /// <returns>Where the value begins; negative where neither is there.</returns>
    private static int Find(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower)
    {
        var at = head.IndexOf(name);
        if (at < 0) at = head.IndexOf(lower);
        return at < 0 ? at : at + name.Length;
    }

    private int MeasureChunks(ReadOnlySpan<byte> text)
    {
        var at = _head;
        while (TryReadChunk(text[at..], out var start, out var size))
        {
            var next = at + start + size + EndOfLine.Length;
            if (next > text.Length) return 0;
            if (size == 0) return next;
            at = next;
        }

        return 0;
    }

    private static bool TryReadChunk(ReadOnlySpan<byte> text, out int start, out int size)
    {
        var line = text.IndexOf(EndOfLine);
        (start, size) = (line + EndOfLine.Length, 0);
        if (line < 0) return false;
        return int.TryParse(Encoding.ASCII.GetString(text[..line]), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out size)
            ? true
            : throw new InvalidDataException("A chunk of an answer has no size that can be read.");
    }
}
