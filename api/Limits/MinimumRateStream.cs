namespace Platform.Api.Limits;

/// <summary>
/// The body of a long answer. Memory stays flat, because a full buffer is sent before more is written; the connection of a client that takes less than some 8 KB a second is closed
/// (threat T72).
/// </summary>
/// <remarks>A stream for whoever needs one; nothing is ever sent synchronously.</remarks>
internal sealed class MinimumRateStream(HttpContext context, TimeProvider time) : Stream
{
    private const int FlushSize = 64 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly System.IO.Pipelines.PipeWriter _writer = context.Response.BodyWriter;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Sends what was written if it is enough to be worth it.</summary>
    public ValueTask FlushIfFullAsync() => _writer.UnflushedBytes >= FlushSize ? new ValueTask(SendAsync()) : default;

    /// <exception cref="OperationCanceledException">The client is gone, or too slow.</exception>
    public async Task SendAsync()
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, timeout.Token);
        var flush = await _writer.FlushAsync(both.Token);
        if (flush.IsCanceled || flush.IsCompleted) throw new OperationCanceledException("The client is gone.");
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        System.Buffers.BuffersExtensions.Write(_writer, buffer.Span);
        return FlushIfFullAsync();
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Writers of archives flush after each part; what is sent is for <see cref="FlushIfFullAsync"/> to say.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() { }

    /// <summary>The library closes an entry of an archive synchronously: its last bytes go into the buffer, and out with what is written next.</summary>
    public override void Write(byte[] buffer, int offset, int count) => System.Buffers.BuffersExtensions.Write(_writer, buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
