using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Platform.Audit;

/// <summary>
/// Writes one batch at a time; what comes meanwhile makes the next one (group commit). The table lets each sequence number be taken once, so that two
/// activations can never fork the chain: the second one reads the head again.
/// </summary>
internal sealed partial class AuditLogGrain(
    AuditEventTable events, AuditClosureTable closures, AuditSealer sealer, AuditSigner signer, AuditJournal journal, ILogger<AuditLogGrain> logger) : Grain, IAuditLogGrain
{
    /// <summary>A checkpoint is signed each time so many events have come, after so long at the latest, and when the log leaves memory.</summary>
    private const long EventsPerCheckpoint = 1_000;

    private const int MaxBatch = 256;
    private const int MaxWaiting = 20_000;
    private const int Attempts = 3;

    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMinutes(5);

    private readonly Queue<AuditCall> _waiting = new();
    private readonly List<AuditEntry> _corrections = [];
    private int _waitingEntries;
    private Task _pump = Task.CompletedTask;
    private IGrainTimer? _signing;
    private TenantId _tenant;
    private AuditHead? _head;
    private long _checkpointed;

    /// <summary>The tenant was deleted.</summary>
    private AuditHead? _closed;

    /// <summary>The last batch, where it is not known whether it was written.</summary>
    private AuditBatch? _doubtful;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _tenant = AuditGrains.TenantOf(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _pump;
        await CheckpointAsync(cancellationToken);
    }

    public Task AppendAsync(ImmutableArray<AuditEntry> entries, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (entries.IsEmpty) return Task.CompletedTask;
        if (_closed is not null) throw Closed();
        SignRegularly();
        if (_waitingEntries >= MaxWaiting) throw new StorageUnavailableException("Too many events wait to be logged; nothing was written.");
        var call = new AuditCall(entries);
        _waiting.Enqueue(call);
        _waitingEntries += entries.Length;
        if (_pump.IsCompleted) _pump = PumpAsync();
        return call.Done.Task;
    }

    // One batch is written at a time: the first that begins after this call begins after all that were sealed before it.
    public Task SettleAsync(CancellationToken cancellationToken)
    {
        if (_pump.IsCompleted) return Task.CompletedTask;
        var call = new AuditCall([]);
        _waiting.Enqueue(call);
        return call.Done.Task;
    }

    public async Task<AuditHeadView> HeadAsync(CancellationToken cancellationToken)
    {
        var head = _head ??= await LoadAsync();
        if (head.Sequence > 0) SignRegularly();
        return new AuditHeadView(head.Sequence, [.. head.Hash.Span]);
    }

    public async Task<AuditHeadView> CloseAsync(AuditEntry last, CancellationToken cancellationToken)
    {
        if (_closed is null)
        {
            var call = new AuditCall([last], Closes: true);
            _waiting.Enqueue(call);
            _waitingEntries++;
            if (_pump.IsCompleted) _pump = PumpAsync();
            await call.Done.Task;
        }

        return new AuditHeadView(_closed!.Sequence, [.. _closed.Hash.Span]);
    }

    private async Task PumpAsync()
    {
        while (_waiting.Count > 0)
        {
            var calls = TakeBatch();
            try
            {
                if (calls.Any(call => !call.Entries.IsEmpty)) await WriteAsync([.. calls.SelectMany(call => call.Entries)], calls[^1].Closes);
                foreach (var call in calls) call.Done.SetResult();
            }
            catch (Exception failure)
            {
                if (failure is not StorageUnavailableException) Failed(logger, failure);
                foreach (var call in calls) call.Done.SetException(failure as StorageUnavailableException ?? new StorageUnavailableException());
            }
        }
    }

    private List<AuditCall> TakeBatch()
    {
        var calls = new List<AuditCall>();
        for (var count = 0; count < MaxBatch && _waiting.TryDequeue(out var call); count += call.Entries.Length)
        {
            _waitingEntries -= call.Entries.Length;
            calls.Add(call);
            if (call.Closes) break;
        }

        return calls;
    }

    private async Task WriteAsync(ImmutableArray<AuditEntry> entries, bool closes)
    {
        for (var attempt = 1; ; attempt++)
        {
            var head = _head ??= await LoadAsync();
            if (_closed is not null && closes) return;
            if (_closed is not null) throw Closed();
            AuditEntry[] all = [.. _corrections, .. entries];
            var batch = new AuditBatch(entries, await sealer.SealAsync(_tenant, head, all, CancellationToken.None));
            var next = batch.Head;
            var checkpoint = closes || next.Sequence / EventsPerCheckpoint > _checkpointed / EventsPerCheckpoint ? await TrySignAsync(next) : null;
            if (closes && checkpoint is null) throw new StorageUnavailableException("The end of an access log could not be signed; nothing was written.");
            await journal.AppendAsync(all, batch.Rows);
            try
            {
                if (closes) await closures.CloseAsync(batch.Rows, checkpoint!, CancellationToken.None);
                else await events.AppendAsync(batch.Rows, checkpoint, CancellationToken.None);
            }
            catch (InvalidOperationException) when (attempt < Attempts)
            {
                // Nothing of it was written.
                Conflict(logger);
                _head = null;
                await journal.WithdrawAsync(batch.Rows);
                continue;
            }
            catch
            {
                (_doubtful, _head) = (batch, null);
                throw;
            }

            _head = next;
            _corrections.Clear();
            if (checkpoint is not null) _checkpointed = checkpoint.Sequence;
            if (closes) _closed = next;
            return;
        }
    }

    /// <summary>
    /// The head as the table has it. Where a batch in doubt is there after all, its callers have got the answer that it is not, and have done nothing:
    /// the next batch says so.
    /// </summary>
    private async Task<AuditHead> LoadAsync()
    {
        await TryPrepareAsync();
        _closed = await closures.FindAsync(_tenant, CancellationToken.None);
        var head = await events.FindHeadAsync(_tenant, CancellationToken.None);
        _checkpointed = (await events.FindLastCheckpointAsync(_tenant, CancellationToken.None))?.Sequence ?? 0;
        if (_doubtful is { } batch)
        {
            var first = batch.Rows[0].Link;
            var there = await events.ReadAsync(_tenant, first.Sequence - 1, first.Sequence, 1, CancellationToken.None);
            if (there.Count == 1 && there[0].Link.Id == first.Id)
            {
                _corrections.Clear();
                _corrections.AddRange(batch.Entries.Where(e => e.Outcome == AuditOutcome.Success).Select(AuditLog.NotCompleted));
            }
            else
            {
                await journal.WithdrawAsync(batch.Rows);
            }

            _doubtful = null;
        }

        return head;
    }

    private async Task TryPrepareAsync()
    {
        try
        {
            await signer.PrepareAsync(CancellationToken.None);
        }
        catch (Exception failure)
        {
            NotSigned(logger, failure);
        }
    }

    /// <summary>Starts with the first event, or with the first read of a log that has events: callers also read the logs of made-up tenants, which must cost no timer.</summary>
    private void SignRegularly() =>
        _signing ??= this.RegisterGrainTimer(CheckpointAsync, new GrainTimerCreationOptions(CheckpointInterval, CheckpointInterval) { Interleave = true });

    private async Task CheckpointAsync(CancellationToken cancellationToken)
    {
        if (_head is not { } head || head.Sequence <= _checkpointed || await TrySignAsync(head) is not { } checkpoint) return;
        try
        {
            await events.AddCheckpointAsync(checkpoint, cancellationToken);
            _checkpointed = Math.Max(_checkpointed, checkpoint.Sequence);
        }
        catch (StorageUnavailableException failure)
        {
            NotSigned(logger, failure);
        }
    }

    /// <summary>An event is not refused for want of a checkpoint; the next one covers it.</summary>
    private async Task<AuditCheckpoint?> TrySignAsync(AuditHead head)
    {
        try
        {
            return await signer.SignAsync(_tenant, head, CancellationToken.None);
        }
        catch (Exception failure)
        {
            NotSigned(logger, failure);
            return null;
        }
    }

    private static StorageUnavailableException Closed() => new("The tenant of this access log was deleted; nothing was written.");

    [LoggerMessage(EventName = "AuditLogConflict", Level = LogLevel.Warning, Message = "Another activation has written to this access log; its head is read again")]
    private static partial void Conflict(ILogger logger);

    [LoggerMessage(EventName = "AuditLogFailed", Level = LogLevel.Error, Message = "The access log could not be written; the actions were refused")]
    private static partial void Failed(ILogger logger, Exception failure);

    [LoggerMessage(EventName = "AuditCheckpointNotSigned", Level = LogLevel.Warning, Message = "An access log has no checkpoint for its latest events yet")]
    private static partial void NotSigned(ILogger logger, Exception failure);
}
