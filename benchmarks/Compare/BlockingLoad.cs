using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Platform.Benchmarks.Wire;

namespace Platform.Benchmarks.Compare;

/// <summary>Connections of one thread that blocks on them, so that all the load costs is processor time of that thread, and can be told from the server's in the same process.</summary>
internal sealed class BlockingLoad : IDisposable
{
    private const int ThreadClock = 3;

    private readonly byte[] _request;
    private readonly (SslStream Stream, AnswerReader Answer)[] _connections;

    public BlockingLoad(int port, byte[] certificateHash, byte[] request, int connections)
    {
        _request = request;
        _connections = [.. Enumerable.Range(0, connections).Select(_ => Connect(port, certificateHash))];
    }

    /// <returns>One whole answer.</returns>
    public byte[] Ask()
    {
        var (stream, answer) = _connections[0];
        stream.Write(_request);
        answer.Read();
        return answer.Text.ToArray();
    }

    /// <summary>Sends on all connections, then reads all answers, over and over.</summary>
    /// <returns>What it cost this thread.</returns>
    public TimeSpan Repeat(int times)
    {
        var before = ThreadTime();
        for (var i = 0; i < times; i++)
        {
            foreach (var (stream, _) in _connections) stream.Write(_request);
            foreach (var (_, answer) in _connections)
            {
                answer.Read();
                if (answer.Status is not (200 or 204)) throw new InvalidOperationException($"Was answered {answer.Status}.");
            }
        }

        return ThreadTime() - before;
    }

    public void Dispose()
    {
        foreach (var (stream, _) in _connections) stream.Dispose();
    }

    private static (SslStream, AnswerReader) Connect(int port, byte[] certificateHash)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        stream.AuthenticateAsClient(TlsConnection.Pinned(certificateHash));
        return (stream, new AnswerReader(stream));
    }

    /// <summary>What this thread has used of a processor.</summary>
    private static TimeSpan ThreadTime()
    {
        if (ReadClock(ThreadClock, out var time) != 0) throw new InvalidOperationException("The system does not tell processor time of a thread.");
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1e3);
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ReadClock(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
