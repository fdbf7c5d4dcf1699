namespace Orleans
{
    /// <summary>Something with stages that others take part in.</summary>
    public interface ILifecycleObservable
    {
        IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer);
    }

    public interface ILifecycleObserver
    {
        Task OnStart(CancellationToken cancellationToken = default);

        Task OnStop(CancellationToken cancellationToken = default);
    }

    /// <summary>Registered as a service, it takes part in the lifecycle named by its type argument.</summary>
    public interface ILifecycleParticipant<TLifecycleObservable>
        where TLifecycleObservable : ILifecycleObservable
    {
        void Participate(TLifecycleObservable lifecycle);
    }

    public interface ILifecycleSubject : ILifecycleObservable, ILifecycleObserver;

    /// <summary>The stages a silo passes upwards when it starts and downwards when it stops.</summary>
    public static class ServiceLifecycleStage
    {
        public const int First = int.MinValue;
        public const int RuntimeInitialize = 2000;
        public const int RuntimeServices = 4000;
        public const int RuntimeStorageServices = 6000;
        public const int RuntimeGrainServices = 8000;
        public const int AfterRuntimeGrainServices = 8100;
        public const int ApplicationServices = 10000;
        public const int BecomeActive = Active - 1;
        public const int GrainDeactivation = BecomeActive - 1;
        public const int GrainDirectoryShutdown = GrainDeactivation - 1;
        public const int ValidateInitialConnectivity = Active - 100;
        public const int Active = 20000;
        public const int Last = int.MaxValue;
    }

    /// <summary>Checks options before anything starts; throws <see cref="Orleans.Runtime.OrleansConfigurationException"/>.</summary>
    public interface IConfigurationValidator
    {
        void ValidateConfiguration();
    }
}

namespace Orleans.Runtime
{
    /// <summary>The lifecycle of the silo.</summary>
    public interface ISiloLifecycle : ILifecycleObservable
    {
        int HighestCompletedStage { get; }

        int LowestStoppedStage { get; }
    }

    /// <summary>Runs once when the silo starts.</summary>
    public interface IStartupTask
    {
        Task Execute(CancellationToken cancellationToken);
    }
}
