using Orleans.Runtime;

namespace Orleans.Runtime
{
    /// <summary>The stages an activation passes; state is read in <see cref="GrainLifecycleStage.SetupState"/>.</summary>
    public interface IGrainLifecycle : ILifecycleObservable;

    public static class GrainLifecycleStage
    {
        public const int First = int.MinValue;
        public const int SetupState = 1000;
        public const int Activate = 2000;
        public const int Last = int.MaxValue;
    }
}

namespace Orleans.Activation
{
    /// <summary>The observers of one activation; made only when there is one.</summary>
    internal sealed class GrainLifecycle : Lifecycle.LifecycleSubject, IGrainLifecycle;
}
