using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Silo.Hosting.Clustering;

/// <summary>
/// The transport of a silo that is alone (threat T80): it opens no socket, accepts no connection and makes none. So there is no endpoint at which another process could join
/// the silo or call its grains, and nothing to which the credential could be sent.
/// </summary>
internal sealed class NoTransport : IConnectionListenerFactory, IConnectionFactory
{
    /// <summary>Replaces each transport that Orleans has registered, for silos and for gateways.</summary>
    /// <exception cref="NotSupportedException">This version of Orleans registers its transports in another way; to run with them would open a port.</exception>
    public static void Put(IServiceCollection services)
    {
        var transports = services.Where(IsTransport).ToList();
        if (!transports.Any(transport => transport.ServiceType == typeof(IConnectionFactory)) || transports.Count(transport => transport.ServiceType == typeof(IConnectionListenerFactory)) < 2)
        {
            throw new NotSupportedException("The transports of this version of Orleans cannot be replaced: a silo that is alone would open a port.");
        }

        foreach (var transport in transports)
        {
            services.Remove(transport);
            services.Add(new ServiceDescriptor(transport.ServiceType, transport.ServiceKey, new NoTransport()));
        }
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new Listener(endpoint));

    public ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromException<ConnectionContext>(new IOException("This silo is alone and connects to nobody."));

    private static bool IsTransport(ServiceDescriptor service) =>
        service.IsKeyedService && (service.ServiceType == typeof(IConnectionListenerFactory) || service.ServiceType == typeof(IConnectionFactory));

    private sealed class Listener(EndPoint endpoint) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint { get; } = endpoint;

        /// <returns>Null, once it is unbound: never a connection.</returns>
        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(_unbound.Task.WaitAsync(cancellationToken));

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _unbound.TrySetResult(null);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
