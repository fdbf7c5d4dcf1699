using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Platform.Grains.Tests.Snippets;

/// <summary>A name server on loopback, over UDP and TCP at the same port. What it does not know does not exist.</summary>
internal sealed class NameServer : IAsyncDisposable
{
    private const ushort A = 1, Txt = 16, Aaaa = 28;
    private const int NoSuchName = 3, ServerFailure = 2;

    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _tcp;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<(string Name, ushort Type), byte[][]> _records = new();
    private readonly ConcurrentQueue<(string Name, ushort Type)> _asked = new();
    private readonly Task _serving;

    public NameServer()
    {
        // The port must be free for both.
        while (true)
        {
            _tcp = new TcpListener(IPAddress.Loopback, 0);
            _tcp.Start();
            try
            {
                _udp.Bind(_tcp.LocalEndpoint);
                break;
            }
            catch (SocketException)
            {
                _tcp.Dispose();
            }
        }

        _serving = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public string Address => _tcp.LocalEndpoint.ToString()!;

    /// <summary>Answers over UDP say that there is more than fits.</summary>
    public bool Truncates { get; set; }

    public bool Fails { get; set; }

    public int CountAsked(string name) => _asked.Count(question => question.Name == name);

    /// <param name="name">Without the last dot.</param>
    /// <param name="texts">One record each; the strings of a record are between bars.</param>
    public void SetTxt(string name, params string[] texts) => _records[(name, Txt)] = [.. texts.Select(text => text.Split('|').SelectMany(part => new[] { (byte)part.Length }.Concat(Encoding.ASCII.GetBytes(part))).ToArray())];

    public void SetAddresses(string name, params string[] addresses)
    {
        var parsed = addresses.Select(IPAddress.Parse).ToList();
        _records[(name, A)] = [.. parsed.Where(one => one.AddressFamily == AddressFamily.InterNetwork).Select(one => one.GetAddressBytes())];
        _records[(name, Aaaa)] = [.. parsed.Where(one => one.AddressFamily == AddressFamily.InterNetworkV6).Select(one => one.GetAddressBytes())];
    }

    public async ValueTask DisposeAsync()
    {
        if (_serving.IsCompleted) return;
        await _stop.CancelAsync();
        await _serving;
        _udp.Dispose();
        _tcp.Dispose();
        _stop.Dispose();
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var received = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                await _udp.SendToAsync(Answer(buffer.AsSpan(0, received.ReceivedBytes), Truncates), received.RemoteEndPoint, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true) await AnswerAsync(await _tcp.AcceptTcpClientAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var owned = client;
        try
        {
            await using var stream = client.GetStream();
            var length = new byte[2];
            await stream.ReadExactlyAsync(length, _stop.Token);
            var question = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(question, _stop.Token);
            var answer = Answer(question, truncated: false);
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
            await stream.WriteAsync((byte[])[.. length, .. answer], _stop.Token);
        }
        catch (IOException)
        {
            // Who asked went away.
        }
    }

    /// <summary>RFC 1035: header, the question again, and answers that point to its name.</summary>
    private byte[] Answer(ReadOnlySpan<byte> query, bool truncated)
    {
        var (labels, at) = (new List<string>(), 12);
        for (; query[at] != 0; at += query[at] + 1) labels.Add(Encoding.ASCII.GetString(query.Slice(at + 1, query[at])));
        var type = BinaryPrimitives.ReadUInt16BigEndian(query[(at + 1)..]);
        var question = query[12..(at + 5)].ToArray();
        var name = string.Join('.', labels).ToLowerInvariant();
        _asked.Enqueue((name, type));
        var known = _records.Keys.Any(key => key.Name == name);
        var records = truncated || Fails ? [] : _records.GetValueOrDefault((name, type), []);
        var answer = new List<byte>();
        answer.AddRange(query[..2]);
        answer.AddRange([(byte)(0x84 | (truncated ? 2 : 0) | (query[2] & 1)), (byte)(0x80 | (Fails ? ServerFailure : known ? 0 : NoSuchName))]);
        answer.AddRange([0, 1, 0, (byte)records.Length, 0, 0, 0, 0]);
        answer.AddRange(question);
        foreach (var record in records)
        {
            answer.AddRange([0xC0, 12, (byte)(type >> 8), (byte)type, 0, 1, 0, 0, 0, 60, (byte)(record.Length >> 8), (byte)record.Length]);
            answer.AddRange(record);
        }

        return [.. answer];
    }
}
