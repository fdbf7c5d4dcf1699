using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Platform.Benchmarks.Wire;

namespace Platform.Benchmarks.Load;

/// <summary>One HTTP/1.1 connection, made again where it breaks. It sends prepared bytes, so that it takes as little as it can from a platform on the same machine.</summary>
internal sealed class Http1Client(LoadHost host, TimeSpan timeout) : ILoadClient
{
    private const long Nothing = 0;
    private const long Late = -1;

    private readonly CancellationTokenSource _aborted = new();
    private Socket? _socket;
    private SslStream? _stream;
    private AnswerReader? _answer;

    /// <summary>When what is under way was sent.</summary>
    private long _since = Nothing;

    public async ValueTask<LoadAnswer> SendAsync(LoadRequest request)
    {
        if (_stream is null) await ConnectAsync();
        var (stream, reader) = (_stream!, _answer!);
        var sent = Stopwatch.GetTimestamp();
        Volatile.Write(ref _since, sent);
        try
        {
            await stream.WriteAsync(request.Bytes(host));
            await reader.ReadAsync();
            if (Interlocked.CompareExchange(ref _since, Nothing, sent) != sent) throw new TimeoutException();
            var answer = new LoadAnswer(reader.Status, request.Call.WantsBody ? reader.Body() : []);
            if (reader.Closes) Close();
            return answer;
        }
        catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException or InvalidDataException or TimeoutException or InvalidOperationException)
        {
            var late = Interlocked.Exchange(ref _since, Nothing) == Late;
            Close();
            throw new LoadFailure(late ? LoadFailure.TimedOut : failure is InvalidDataException ? "unreadable answer" : "connection lost", unreachable: false, failure);
        }
    }

    public void EndLate(TimeSpan limit)
    {
        var since = Volatile.Read(ref _since);
        if (since <= Nothing || Stopwatch.GetElapsedTime(since) < limit) return;
        if (Interlocked.CompareExchange(ref _since, Late, since) == since) _socket?.Dispose();
    }

    public void Abort()
    {
        _aborted.Cancel();
        _socket?.Dispose();
    }

    public void Dispose()
    {
        Close();
        _aborted.Dispose();
    }

    private async ValueTask ConnectAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_aborted.Token);
        limit.CancelAfter(timeout);
        try
        {
            (_socket, _stream) = await TlsConnection.OpenAsync(host.Addresses, host.Port, host.Tls(), limit.Token);
            _answer = new AnswerReader(_stream);
        }
        catch (Exception failure) when (failure is IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            throw new LoadFailure(Kind(failure), unreachable: true, failure);
        }
    }

    private static string Kind(Exception failure) => failure switch
    {
        SocketException socket => $"no connection ({socket.SocketErrorCode})",
        OperationCanceledException => "no connection (timed out)",
        AuthenticationException => "no connection (TLS)",
        _ => "no connection (closed)",
    };

    private void Close()
    {
        _stream?.Dispose();
        _socket?.Dispose();
        (_stream, _socket, _answer) = (null, null, null);
    }
}
