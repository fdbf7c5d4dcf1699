using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;

namespace Platform.Benchmarks.Compare;

/// <summary>
/// One keep-alive connection over TLS that sends the same prepared bytes again and again, each request after the answer to the one before. It reads no more of an answer than its status
/// and its length: what the load costs is taken from the servers on the same machine.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private const int BufferSize = 16 * 1024;
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LengthName = "\r\nContent-Length: "u8.ToArray();

    private readonly byte[] _request;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly Socket _socket;
    private readonly SslStream _stream;
    private byte[] _status = [];

    private LoadConnection(Socket socket, SslStream stream, byte[] request) => (_socket, _stream, _request) = (socket, stream, request);

    public LatencyHistogram Latency { get; } = new();

    public long Bytes { get; private set; }

    /// <param name="port">On loopback: no other address can be given.</param>
    /// <param name="certificateHash">SHA-256 of the certificate that is expected.</param>
    /// <param name="request">One whole request.</param>
    /// <param name="cancellationToken">Of the run.</param>
    public static async Task<LoadConnection> OpenAsync(int port, byte[] certificateHash, byte[] request, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var stream = (SslStream?)null;
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    RemoteCertificateValidationCallback = PinnedCertificate.Only(certificateHash),
                },
                cancellationToken);
            return new LoadConnection(socket, stream, request);
        }
        catch
        {
            if (stream is not null) await stream.DisposeAsync();
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The first request, which is not counted. Later answers must have its status.</summary>
    /// <returns>The whole answer.</returns>
    public async Task<byte[]> AskAsync(int expected)
    {
        _status = Encoding.ASCII.GetBytes($"HTTP/1.1 {expected} ");
        await _stream.WriteAsync(_request);
        return _buffer[..await ReadAnswerAsync()];
    }

    /// <param name="end">By the clock of <see cref="Stopwatch"/>.</param>
    public async Task RepeatAsync(long end)
    {
        for (var sent = Stopwatch.GetTimestamp(); sent < end;)
        {
            await _stream.WriteAsync(_request);
            Bytes += await ReadAnswerAsync();
            var answered = Stopwatch.GetTimestamp();
            Latency.Record(LatencyHistogram.ToNanoseconds(answered - sent));
            sent = answered;
        }
    }

    /// <summary>Reads and writes that are under way fail.</summary>
    public void Abort() => _socket.Dispose();

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    /// <returns>Its length.</returns>
    private async ValueTask<int> ReadAnswerAsync()
    {
        for (int read = 0, length = 0; ;)
        {
            var more = await _stream.ReadAsync(_buffer.AsMemory(read));
            if (more == 0) throw new InvalidOperationException($"The server closed the connection after {read} bytes of an answer.");
            read += more;
            if (length == 0) length = Length(_buffer.AsSpan(0, read));
            if (length == 0 && read < BufferSize) continue;
            if (length is 0 or > BufferSize || read > length) throw new InvalidOperationException("An answer is longer than it says.");
            if (read == length) return length;
        }
    }

    /// <returns>Of the whole answer; 0 while its head is not there.</returns>
    private int Length(ReadOnlySpan<byte> text)
    {
        var head = text.IndexOf(EndOfHead);
        if (head < 0) return 0;
        if (!text.StartsWith(_status)) throw new InvalidOperationException($"Expected {Encoding.ASCII.GetString(_status)}, was answered {Encoding.ASCII.GetString(text[..text.IndexOf((byte)'\r')])}.");
        var name = text[..head].IndexOf(LengthName);
        var body = 0;
        if (name >= 0 && !Utf8Parser.TryParse(text[(name + LengthName.Length)..], out body, out _)) throw new InvalidOperationException("An answer has no length that can be read.");
        return head + EndOfHead.Length + body;
    }
}
