using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime
{
    /// <summary>A timer of one activation; disposed at the latest with it.</summary>
    public interface IGrainTimer : IDisposable
    {
        void Change(TimeSpan dueTime, TimeSpan period);
    }

    /// <summary>When a grain timer ticks and how its ticks mix with calls.</summary>
    public readonly struct GrainTimerCreationOptions()
    {
        [SetsRequiredMembers]
        public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
            : this() => (DueTime, Period) = (dueTime, period);

        /// <summary>Time until the first tick.</summary>
        public required TimeSpan DueTime { get; init; }

        /// <summary>Time from the end of one tick to the next; <see cref="Timeout.InfiniteTimeSpan"/> for a single tick.</summary>
        public required TimeSpan Period { get; init; }

        /// <summary>Whether ticks may run beside calls. Default: no.</summary>
        public bool Interleave { get; init; }

        /// <summary>Whether a tick counts as use and so keeps the activation. Default: no.</summary>
        public bool KeepAlive { get; init; }
    }
}

namespace Orleans.Timers
{
    using Orleans.Runtime;

    /// <summary>Makes grain timers.</summary>
    public interface ITimerRegistry
    {
        IGrainTimer RegisterGrainTimer<TState>(
            IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options);
    }
}
