using Orleans;
using Orleans.Runtime;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Contract.Grains;

[Alias("test.ITimerGrain")]
public interface ITimerGrain : IGrainWithStringKey
{
    [Alias("Start")]
    Task Start(TimeSpan due, TimeSpan period, bool interleave, bool fails);

    [Alias("Change")]
    Task Change(TimeSpan due, TimeSpan period);

    [Alias("Stop")]
    Task Stop();

    [Alias("Ticks")]
    Task<int> Ticks();

    [Alias("Hold")]
    Task Hold(string gate);

    [Alias("End")]
    Task End();

    [Alias("Remind")]
    Task Remind(string name, TimeSpan due, TimeSpan period);

    [Alias("Forget")]
    Task Forget(string name);

    [Alias("Reminders")]
    Task<List<string>> Reminders();
}

/// <summary>Opens the gate "key.n" at its n-th tick, and "key.reminder.name" when reminded.</summary>
public sealed class TimerGrain : Grain, ITimerGrain, IRemindable
{
    private IGrainTimer? _timer;
    private int _ticks;

    public Task Start(TimeSpan due, TimeSpan period, bool interleave, bool fails)
    {
        _timer = this.RegisterGrainTimer(Tick, fails, new GrainTimerCreationOptions(due, period) { Interleave = interleave });
        return Task.CompletedTask;
    }

    public Task Change(TimeSpan due, TimeSpan period)
    {
        _timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task Stop()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public Task<int> Ticks() => Task.FromResult(_ticks);

    public async Task Hold(string gate)
    {
        Gate.Open(gate + ".entered");
        await Gate.Passed(gate);
    }

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task Remind(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task Forget(string name)
    {
        if (await this.GetReminder(name) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }
    }

    public async Task<List<string>> Reminders() => (await this.GetReminders()).Select(r => r.ReminderName).ToList();

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        Gate.Open($"{this.GetPrimaryKeyString()}.reminder.{reminderName}");
        return Task.CompletedTask;
    }

    private async Task Tick(bool fails, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Gate.Open($"{this.GetPrimaryKeyString()}.{++_ticks}");
        if (fails)
        {
            throw new InvalidOperationException("a tick failed");
        }
    }
}
