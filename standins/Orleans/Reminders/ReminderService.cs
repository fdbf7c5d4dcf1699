using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Timers;

namespace Orleans.Reminders;

/// <summary>Keeps one timer per reminder of the table and calls the grains. What the table holds is what counts.</summary>
internal sealed partial class ReminderService(
    IServiceProvider services,
    IGrainFactory grains,
    IOptions<ReminderOptions> options,
    [FromKeyedServices(ReminderTimeProviderNames.Reminders)] TimeProvider time,
    ILogger<ReminderService> logger) : IReminderRegistry, ILifecycleParticipant<ISiloLifecycle>
{
    private readonly ConcurrentDictionary<(GrainId Grain, string Name), Reminder> _reminders = new();
    private ITimer? _refresh;

    private IReminderTable Table => services.GetService<IReminderTable>() ?? throw new OrleansConfigurationException(
        "The reminder service has not been configured. Reminders can be configured using UseInMemoryReminderService(...) or by registering an IReminderTable.");

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(ReminderService), ServiceLifecycleStage.BecomeActive, StartAsync, StopAsync);

    public async Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        if (period < options.Value.MinimumReminderPeriod)
        {
            throw new ArgumentException(
                $"Cannot register reminder {reminderName} as requested period ({period}) is less than minimum allowed reminder period ({options.Value.MinimumReminderPeriod})");
        }

        EnsureInTurn();
        var entry = new ReminderEntry { GrainId = callingGrainId, ReminderName = reminderName, StartAt = time.GetUtcNow().UtcDateTime + dueTime, Period = period };
        var etag = await Table.UpsertRow(entry) ?? throw new ReminderException($"Could not register reminder {entry} to reminder table");
        entry.ETag = etag;
        Set(entry);
        return new ReminderData(callingGrainId, reminderName, etag);
    }

    public async Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder)
    {
        EnsureInTurn();
        var data = (ReminderData)reminder;
        if (!await Table.RemoveRow(data.GrainId, data.ReminderName, data.ETag) && await Table.ReadRow(data.GrainId, data.ReminderName) is not null)
        {
            throw new ReminderException($"Could not unregister reminder {data} from the reminder table, due to tag mismatch. You can retry.");
        }

        Drop(data.GrainId, data.ReminderName);
    }

    public async Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName)
    {
        EnsureInTurn();
        return await Table.ReadRow(callingGrainId, reminderName) is { } entry ? Told(entry) : null;
    }

    public async Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId)
    {
        EnsureInTurn();
        return (await Table.ReadRows(callingGrainId)).Reminders.Select(Told).ToList();
    }

    private static IGrainReminder Told(ReminderEntry entry) => new ReminderData(entry.GrainId, entry.ReminderName, entry.ETag!);

    private static void EnsureInTurn()
    {
        if (RuntimeContext.Current is null)
        {
            throw new InvalidOperationException("Attempted to access grain from a non-grain context, such as a background thread, which is invalid.");
        }
    }

    private async Task StartAsync(CancellationToken token)
    {
        await Table.StartAsync(token);
        await RefreshAsync();
        var period = options.Value.RefreshReminderListPeriod;
        _refresh = time.CreateTimer(static self => _ = ((ReminderService)self!).RefreshAsync(), this, period, period);
    }

    private async Task StopAsync(CancellationToken token)
    {
        _refresh?.Dispose();
        foreach (var reminder in _reminders.Values)
        {
            reminder.Dispose();
        }

        await Table.StopAsync(token);
    }

    private async Task RefreshAsync()
    {
        try
        {
            var rows = (await Table.ReadRows(0, 0)).Reminders;
            foreach (var (key, _) in _reminders.ExceptBy(rows.Select(static row => (row.GrainId, row.ReminderName)), static pair => pair.Key).ToList())
            {
                Drop(key.Grain, key.Name);
            }

            foreach (var row in rows)
            {
                if (!_reminders.TryGetValue((row.GrainId, row.ReminderName), out var known) || known.Entry.ETag != row.ETag)
                {
                    Set(row);
                }
            }
        }
        catch (Exception exception)
        {
            LogReadFailed(logger, exception);
        }
    }

    private void Set(ReminderEntry entry)
    {
        var reminder = new Reminder(entry, grains.GetGrain<IRemindable>(entry.GrainId), time, logger);
        _reminders.AddOrUpdate((entry.GrainId, entry.ReminderName), reminder, (_, previous) =>
        {
            previous.Dispose();
            return reminder;
        });
        reminder.SetNext();
    }

    private void Drop(GrainId grain, string name)
    {
        if (_reminders.TryRemove((grain, name), out var reminder))
        {
            reminder.Dispose();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, EventName = "ReminderTableUnreadable", Message = "The reminder table cannot be read; known reminders go on")]
    private static partial void LogReadFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "ReminderFailed", Message = "Reminder {Reminder} failed; it goes on")]
    private static partial void LogTickFailed(ILogger logger, ReminderEntry reminder, Exception exception);

    /// <summary>A reminder that waits for its next tick or is ticking; ticks keep to the times counted from its start.</summary>
    private sealed class Reminder : IDisposable
    {
        private readonly IRemindable _grain;
        private readonly TimeProvider _time;
        private readonly ILogger _logger;
        private readonly ITimer _timer;
        private volatile bool _disposed;

        public Reminder(ReminderEntry entry, IRemindable grain, TimeProvider time, ILogger logger)
        {
            (Entry, _grain, _time, _logger) = (entry, grain, time, logger);
            using (ExecutionContext.IsFlowSuppressed() ? default(IDisposable) : ExecutionContext.SuppressFlow())
            {
                _timer = time.CreateTimer(static self => _ = ((Reminder)self!).TickAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        public ReminderEntry Entry { get; }

        public void SetNext()
        {
            if (!_disposed)
            {
                _timer.Change(UntilNextTick(), Timeout.InfiniteTimeSpan);
            }
        }

        public void Dispose()
        {
            _disposed = true;
            _timer.Dispose();
        }

        /// <summary>Once the start is past, even by little, the next multiple of the period counts, as in Orleans.</summary>
        private TimeSpan UntilNextTick()
        {
            var late = _time.GetUtcNow().UtcDateTime - Entry.StartAt;
            var wait = late <= TimeSpan.Zero || Entry.Period <= TimeSpan.Zero ? -late : Entry.Period - TimeSpan.FromTicks(late.Ticks % Entry.Period.Ticks);
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }

        private async Task TickAsync()
        {
            try
            {
                await _grain.ReceiveReminder(Entry.ReminderName, new TickStatus(Entry.StartAt, Entry.Period, _time.GetUtcNow().UtcDateTime));
            }
            catch (Exception exception)
            {
                LogTickFailed(_logger, Entry, exception);
            }

            SetNext();
        }
    }
}
