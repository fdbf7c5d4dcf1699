namespace Orleans
{
    /// <summary>A grain that is called back by reminders, also after a restart.</summary>
    public interface IRemindable : IGrain
    {
        Task ReceiveReminder(string reminderName, Runtime.TickStatus status);
    }
}

namespace Orleans.Runtime
{
    public interface IGrainReminder
    {
        string ReminderName { get; }
    }

    /// <summary>When a reminder first ticked, its period, and when this tick was made.</summary>
    [GenerateSerializer, Immutable]
    public readonly struct TickStatus(DateTime firstTickTime, TimeSpan period, DateTime timeStamp)
    {
        [Id(0)]
        public DateTime FirstTickTime { get; } = firstTickTime;

        [Id(1)]
        public TimeSpan Period { get; } = period;

        [Id(2)]
        public DateTime CurrentTickTime { get; } = timeStamp;

        public override string ToString() => $"<{FirstTickTime}, {Period}, {CurrentTickTime}>";
    }

    [GenerateSerializer]
    public sealed class ReminderException(string message) : OrleansException(message);
}

namespace Orleans.Timers
{
    using Orleans.Runtime;

    /// <summary>Registers reminders for grains.</summary>
    public interface IReminderRegistry
    {
        Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period);

        Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder);

        Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName);

        Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId);
    }
}

namespace Orleans.Reminders
{
    public static class ReminderTimeProviderNames
    {
        /// <summary>Key of the clock that reminders use; without one it is the silo's.</summary>
        public const string Reminders = "Orleans.Reminders";
    }
}
