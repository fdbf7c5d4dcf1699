namespace Platform.Storage.Backups;

/// <summary>Holds a backup to so many bytes a second, so that the disk and the database serve others meanwhile.</summary>
/// <param name="bytesPerSecond">0: no bound.</param>
/// <param name="time">Whose time counts.</param>
internal sealed class BackupPace(long bytesPerSecond, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private long _bytes;

    public async Task WaitAsync(int bytes, CancellationToken cancellationToken)
    {
        if (bytesPerSecond == 0) return;
        _bytes += bytes;
        var ahead = TimeSpan.FromSeconds((double)_bytes / bytesPerSecond) - time.GetElapsedTime(_started);
        if (ahead > TimeSpan.FromMilliseconds(10)) await Task.Delay(ahead, time, cancellationToken);
    }

    /// <summary>Copies at this pace, on the thread of the caller (<see cref="BackupThread"/>): of files and ciphers the asynchronous calls would be made on the thread pool.</summary>
    /// <param name="from">A file or a pipe.</param>
    /// <param name="to">Compresses or encrypts.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 16];
        for (int read; (read = from is FileStream ? from.Read(buffer) : await from.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            to.Write(buffer, 0, read);
            await WaitAsync(read, cancellationToken);
        }
    }
}
