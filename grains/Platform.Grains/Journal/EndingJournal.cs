using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Security;
using Platform.Storage;
using Platform.Telemetry;

namespace Platform.Journal;

/// <summary>
/// The journal of endings (row DR, threat T78): what a restore has to end again. Lies apart from the database. What comes while a write is under way shares the next one, whatever tenant it is of.
/// </summary>
internal sealed partial class EndingJournal(
    JournalKey key, IOptions<JournalOptions> options, IOptions<PlatformOptions> platform, PlatformMetrics metrics, TimeProvider time, ILogger<EndingJournal> logger) : IDisposable
{
    private const long MaxLength = 16 * 1024 * 1024;

    /// <summary>A disk that does not answer holds nobody for longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<Waiting> _waiting = [];
    private bool _writing;
    private bool _disposed;
    private JournalFile? _file;

    /// <summary>Whether there is one.</summary>
    public bool IsOn => !string.IsNullOrEmpty(options.Value.Journal);

    /// <summary>The last write succeeded, or there was none yet.</summary>
    public bool IsWritable { get; private set; } = true;

    /// <summary>On the journal's disk when this returns.</summary>
    /// <exception cref="StorageUnavailableException">It is not certain that they are: what they say must not be done.</exception>
    public async Task AppendAsync(IReadOnlyList<JournalLine> lines)
    {
        var waiting = new Waiting(lines);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _waiting.Add(waiting);
            if (!_writing) _ = Task.Run(WriteAll, CancellationToken.None);
            _writing = true;
        }

        try
        {
            await waiting.Done.Task.WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            Fail(new IOException($"It has not answered for {Patience.TotalSeconds:N0} seconds."));
            throw Unavailable();
        }
    }

    /// <summary>Says that the process is there, and finds out whether the journal can be written before somebody needs it.</summary>
    public Task BeatAsync() => IsOn ? AppendAsync([]) : Task.CompletedTask;

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            if (_file is null || _writing) return;
            try
            {
                Close();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                Fail(failure);
            }
        }
    }

    private void WriteAll()
    {
        while (true)
        {
            Waiting[] batch;
            lock (_gate)
            {
                batch = [.. _waiting];
                _waiting.Clear();
                _writing = batch.Length > 0;
                if (!_writing) return;
            }

            try
            {
                Write(batch);
                IsWritable = true;
                metrics.EndingsWritten(succeeded: true);
                foreach (var one in batch) one.Done.TrySetResult();
            }
            catch (Exception failure)
            {
                _file?.Dispose();
                _file = null;
                Fail(failure);
                foreach (var one in batch) one.Done.TrySetException(Unavailable());
            }
        }
    }

    private void Write(Waiting[] batch)
    {
        var now = time.GetUtcNow();
        if (_file is { } full && (full.Length > MaxLength || full.OpenedAt.UtcDateTime.Date != now.UtcDateTime.Date)) Close();
        _file ??= JournalFile.Create(options.Value.Journal!, platform.Value.Environment, key, now);
        JournalLine[] lines = [.. batch.SelectMany(one => one.Lines)];
        _file.Write(lines.Length > 0 ? lines : [new JournalAlive { At = now }]);
    }

    private void Close()
    {
        using var file = _file!;
        _file = null;
        file.Write([new JournalClosed { At = time.GetUtcNow() }]);
    }

    /// <summary>Said when it begins, not for each event.</summary>
    private void Fail(Exception failure)
    {
        metrics.EndingsWritten(succeeded: false);
        if (IsWritable) Failed(logger, options.Value.Journal!, failure.Message);
        IsWritable = false;
    }

    private static StorageUnavailableException Unavailable() => new("The journal of endings cannot be written; nothing was done.");

    [LoggerMessage(EventName = "EndingJournalFailed", Level = LogLevel.Error, Message = "The journal of endings in {Folder} cannot be written, so nothing that changes anything is carried out: {Reason} Bring its disk back; the platform goes on by itself")]
    private static partial void Failed(ILogger logger, string folder, string reason);

    private sealed record Waiting(IReadOnlyList<JournalLine> Lines)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
