using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Platform.StandIns.Tests.Contract.Grains;
using Platform.StandIns.Tests.Hosting;

namespace Platform.StandIns.Tests.Contract;

public sealed class ReminderFixture : SiloFixture
{
    protected override void Configure(ISiloBuilder silo)
    {
        base.Configure(silo);
        silo.UseInMemoryReminderService();
    }
}

public sealed class ReminderTests(ReminderFixture silo) : IClassFixture<ReminderFixture>
{
    private readonly string _key = SiloFixture.NewKey();

    private ITimerGrain Grain => silo.Grains.GetGrain<ITimerGrain>(_key);

    [Fact]
    public async Task Reminder_Due_CallsTheGrain()
    {
        await Grain.Remind("now", TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(1));
        await Gate.Passed($"{_key}.reminder.now");
    }

    [Fact]
    public async Task Reminder_OfAnEndedActivation_ActivatesTheGrain()
    {
        await Grain.Remind("soon", TimeSpan.FromMilliseconds(300), TimeSpan.FromMinutes(1));
        await Grain.End();
        await Gate.Passed($"{_key}.reminder.soon");
    }

    [Fact]
    public async Task Reminders_RegisteredAndForgotten_AreListed()
    {
        await Grain.Remind("a", TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));
        await Grain.Remind("b", TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));
        (await Grain.Reminders()).Order().ShouldBe(["a", "b"]);
        await Grain.Forget("a");
        (await Grain.Reminders()).ShouldBe(["b"]);
    }

    [Fact]
    public async Task Reminder_MoreOftenThanAllowed_IsRefused()
        => await Should.ThrowAsync<ArgumentException>(Grain.Remind("often", TimeSpan.Zero, TimeSpan.FromSeconds(1)));

    [Fact]
    public async Task Reminder_InATableOfOurOwn_TicksInTheNextProcess()
    {
        var table = new DurableTable();
        var first = await SiloFixture.StartHostAsync(silo => Use(silo, table));
        await first.Services.GetRequiredService<IGrainFactory>().GetGrain<ITimerGrain>(_key).Remind("kept", TimeSpan.FromSeconds(1.5), TimeSpan.FromMinutes(1));
        await first.StopAsync();
        first.Dispose();
        Gate.IsOpen($"{_key}.reminder.kept").ShouldBeFalse();
        table.Count.ShouldBe(1);

        var second = await SiloFixture.StartHostAsync(silo => Use(silo, table));
        await Gate.Passed($"{_key}.reminder.kept");
        await second.StopAsync();
        second.Dispose();
    }

    private static void Use(ISiloBuilder silo, DurableTable table)
    {
        silo.AddReminders();
        silo.Services.AddSingleton<IReminderTable>(table);
    }
}
