using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Activation;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Calls;

/// <summary>The way of every call from a reference to its target.</summary>
internal sealed partial class CallRouter(
    IServiceProvider services, ExceptionContract exceptions, IOptions<SiloMessagingOptions> options, ILogger<CallRouter> logger)
{
    private readonly SiloMessagingOptions _options = options.Value;
    private IOutgoingGrainCallFilter[]? _outgoing;
    private ActivationDirectory? _directory;
    private ReferenceFactory? _references;
    private ObserverDirectory? _observers;

    public InFlightCalls InFlight { get; } = new();

    public ExceptionContract Exceptions => exceptions;

    public bool WaitForCancellationAcknowledgement => _options.WaitForCancellationAcknowledgement;

    public bool CancelRequestOnTimeout => _options.CancelRequestOnTimeout;

    public ReferenceFactory References => _references ??= services.GetRequiredService<ReferenceFactory>();

    private ActivationDirectory Directory => _directory ??= services.GetRequiredService<ActivationDirectory>();

    private ObserverDirectory Observers => _observers ??= services.GetRequiredService<ObserverDirectory>();

    private IOutgoingGrainCallFilter[] Outgoing => _outgoing ??= services.GetServices<IOutgoingGrainCallFilter>().ToArray();

    public Task<T> Send<T>(GrainReference grain, RequestBase request)
        => Outgoing.Length == 0 ? SendUnfiltered<T>(grain, request) : OutgoingCall<T>.SendAsync(this, Outgoing, grain, request);

    public Task<T> SendUnfiltered<T>(GrainReference grain, RequestBase request)
    {
        if (request.IsCancellable && !request.CallerToken.CanBeCanceled)
        {
            request.CallerToken = request.GetCancellationToken();
        }

        var token = request.CallerToken;
        if (token.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(token);
        }

        var source = RuntimeContext.Current as GrainActivation;
        var message = new CallMessage<T>(request, grain.GrainId, this)
        {
            Source = source,
            Parent = source?.ServedCall,
            Context = RequestContext.Current is { } values ? Copier.CopyContext(values) : null,
            Timeout = request.GetDefaultResponseTimeout() ?? _options.ResponseTimeout,
        };

        if (token.CanBeCanceled)
        {
            message.LinkCancellation(token);
        }

        if (!message.OneWay)
        {
            InFlight.Add(message);
        }

        Dispatch(message);
        return message.OneWay ? Task.FromResult<T>(default!) : message.Answer;
    }

    /// <summary>Hands a call to its target, also again after an activation ended before it could start.</summary>
    public void Dispatch(CallMessage message)
    {
        try
        {
            if (ObserverDirectory.IsObserver(message.Target))
            {
                Observers.Dispatch(message);
            }
            else
            {
                Directory.Dispatch(message);
            }
        }
        catch (Exception exception)
        {
            message.Fail(exception);
        }
    }

    public void OneWayFailed(CallMessage message, Exception exception) => LogOneWayFailed(logger, message, exception);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "OneWayCallFailed", Message = "One-way call failed: {Call}")]
    private static partial void LogOneWayFailed(ILogger logger, CallMessage call, Exception exception);
}
