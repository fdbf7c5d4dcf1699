using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Platform.Benchmarks.Hosting;
using Platform.Benchmarks.Measuring;
using Platform.Benchmarks.Wire;

namespace Platform.Benchmarks.Compare;

/// <summary>One keep-alive connection over TLS that sends the same prepared bytes again and again, each request after the answer to the one before.</summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly byte[] _request;
    private readonly Socket _socket;
    private readonly SslStream _stream;
    private readonly AnswerReader _answer;
    private int _status;

    private LoadConnection(Socket socket, SslStream stream, byte[] request) => (_socket, _stream, _request, _answer) = (socket, stream, request, new AnswerReader(stream));

    public LatencyHistogram Latency { get; } = new();

    public long Bytes { get; private set; }

    /// <param name="port">On loopback: no other address can be given.</param>
    /// <param name="certificateHash">SHA-256 of the certificate that is expected.</param>
    /// <param name="request">One whole request.</param>
    /// <param name="cancellationToken">Of the run.</param>
    public static async Task<LoadConnection> OpenAsync(int port, byte[] certificateHash, byte[] request, CancellationToken cancellationToken)
    {
        var (socket, stream) = await TlsConnection.OpenAsync([IPAddress.Loopback], port, TlsConnection.Pinned(certificateHash), cancellationToken);
        return new LoadConnection(socket, stream, request);
    }

    /// <summary>The first request, which is not counted. Later answers must have its status.</summary>
    /// <returns>The whole answer.</returns>
    public async Task<byte[]> AskAsync(int expected)
    {
        _status = expected;
        await SendAsync();
        return _answer.Text.ToArray();
    }

    /// <param name="end">By the clock of <see cref="Stopwatch"/>.</param>
    public async Task RepeatAsync(long end)
    {
        for (var sent = Stopwatch.GetTimestamp(); sent < end;)
        {
            await SendAsync();
            Bytes += _answer.Length;
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

    private async ValueTask SendAsync()
    {
        await _stream.WriteAsync(_request);
        await _answer.ReadAsync();
        if (_answer.Status != _status) throw new InvalidOperationException($"Expected {_status}, was answered {_answer.Status}.");
    }
}
