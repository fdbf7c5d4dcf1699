using Microsoft.Extensions.Logging;
using Orleans.Core;
using Orleans.Diagnostics;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Storage;

/// <summary>The state of one grain between its code and a storage provider. Operations run one after another.</summary>
internal sealed partial class StateBridge<TState> : IPersistentState<TState>, ILifecycleObserver
{
    private readonly string _name;
    private readonly IGrainContext _context;
    private readonly IGrainStorage _storage;
    private readonly ILogger _logger;
    private readonly GrainState<TState> _state = new(StateActivator<TState>.Create());
    private bool _loaded;
    private Operation? _last;

    public StateBridge(string name, IGrainContext context, IGrainStorage storage, ILogger logger)
    {
        TypeContract.Ensure(typeof(TState), $"state '{name}' of {context.GrainId.Type}");
        (_name, _context, _storage, _logger) = (name, context, storage, logger);
        context.ObservableLifecycle.Subscribe(nameof(StateBridge<TState>), GrainLifecycleStage.SetupState, this);
    }

    private enum Kind
    {
        Read,
        Write,
        Clear,
    }

    public TState State
    {
        get
        {
            EnsureInTurn();
            return _state.State!;
        }

        set
        {
            EnsureInTurn();
            _state.State = value;
        }
    }

    public string? Etag => _state.ETag;

    public bool RecordExists => _loaded ? _state.RecordExists : throw new InvalidOperationException("State has not yet been loaded");

    public Task ReadStateAsync() => Queue(Kind.Read, CancellationToken.None);

    public Task WriteStateAsync() => Queue(Kind.Write, CancellationToken.None);

    public Task ClearStateAsync() => Queue(Kind.Clear, CancellationToken.None);

    Task IStorage.ReadStateAsync(CancellationToken cancellationToken) => Queue(Kind.Read, cancellationToken);

    Task IStorage.WriteStateAsync(CancellationToken cancellationToken) => Queue(Kind.Write, cancellationToken);

    Task IStorage.ClearStateAsync(CancellationToken cancellationToken) => Queue(Kind.Clear, cancellationToken);

    Task ILifecycleObserver.OnStart(CancellationToken cancellationToken) => _loaded ? Task.CompletedTask : ReadStateAsync();

    Task ILifecycleObserver.OnStop(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void EnsureInTurn()
    {
        if (RuntimeContext.Current is null)
        {
            throw new InvalidOperationException(
                "Activation access violation. A non-activation thread attempted to access activation services: state is used within turns of its grain.");
        }
    }

    /// <summary>A write or clear that waits behind another operation also serves those that ask for the same meanwhile.</summary>
    private Task Queue(Kind kind, CancellationToken token)
    {
        EnsureInTurn();
        if (kind != Kind.Read && !token.CanBeCanceled && _last is { Started: false } tail && tail.Kind == kind && !tail.Token.CanBeCanceled)
        {
            return tail.Ended;
        }

        var before = _last;
        var operation = new Operation(kind, token);
        _last = operation;
        operation.Ended = RunAsync(operation, before);
        return operation.Ended;
    }

    private async Task RunAsync(Operation operation, Operation? before)
    {
        try
        {
            if (before is not null)
            {
                await before.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }

            operation.Started = true;
            if (operation.Kind != Kind.Read || before is null || !before.Ended.IsCompletedSuccessfully)
            {
                await StoreAsync(operation);
            }

            _loaded |= operation.Kind == Kind.Read;
        }
        finally
        {
            if (ReferenceEquals(_last, operation))
            {
                _last = null;
            }
        }
    }

    private async Task StoreAsync(Operation operation)
    {
        var provider = _storage.GetType().Name;
        using var activity = ActivitySources.StorageGrainSource.StartActivity(operation.ActivityName, System.Diagnostics.ActivityKind.Client);
        activity?.SetTag(ActivityTags.GrainId, _context.GrainId.ToString());
        activity?.SetTag(ActivityTags.StorageProvider, provider);
        activity?.SetTag(ActivityTags.StorageStateName, _name);
        activity?.SetTag(ActivityTags.StorageStateType, typeof(TState).Name);
        try
        {
            await (operation.Kind switch
            {
                Kind.Read => _storage.ReadStateAsync(_name, _context.GrainId, _state, operation.Token),
                Kind.Write => _storage.WriteStateAsync(_name, _context.GrainId, _state, operation.Token),
                _ => _storage.ClearStateAsync(_name, _context.GrainId, _state, operation.Token),
            });
        }
        catch (OperationCanceledException) when (operation.Token.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            var error = $"Error from storage provider {provider}.{_name} during {operation.Kind}StateAsync for grain {_context.GrainId}";
            LogFailed(_logger, error, exception);
            if (exception is OrleansException)
            {
                throw;
            }

            throw new OrleansException($"{error}{Environment.NewLine} {exception}", exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, EventName = "GrainStorageFailed", Message = "{Error}")]
    private static partial void LogFailed(ILogger logger, string error, Exception exception);

    private sealed class Operation(Kind kind, CancellationToken token)
    {
        public Kind Kind => kind;

        public CancellationToken Token => token;

        public bool Started { get; set; }

        public Task Ended { get; set; } = Task.CompletedTask;

        public string ActivityName => kind switch
        {
            Kind.Read => "read storage",
            Kind.Write => "write storage",
            _ => "clear storage",
        };
    }
}
