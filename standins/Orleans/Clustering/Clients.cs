using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace Orleans
{
    /// <summary>Whether a client that could not connect tries again. Accepted; the stand-in has no client.</summary>
    public interface IClientConnectionRetryFilter
    {
        Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken);
    }
}

namespace Orleans.Messaging
{
    /// <summary>Knows the gateways that a client can use. Accepted.</summary>
    public interface IGatewayListProvider
    {
        TimeSpan MaxStaleness { get; }

        bool IsUpdatable { get; }

        Task InitializeGatewayListProvider();

        Task<IList<Uri>> GetGateways();
    }
}

namespace Orleans.Runtime
{
    /// <summary>Gateways as URIs.</summary>
    public static class Utils
    {
        public static Uri ToGatewayUri(this IPEndPoint ep) => new($"gwy.tcp://{ep}/0");
    }
}

namespace Orleans.Hosting
{
    /// <summary>What configures a client. Accepted: that there is one is refused when the host starts.</summary>
    public static class ClientBuilderExtensions
    {
        public static IClientBuilder Configure<TOptions>(this IClientBuilder builder, Action<TOptions> configureOptions)
            where TOptions : class
        {
            builder.Services.Configure(configureOptions);
            return builder;
        }

        public static IClientBuilder UseConnectionRetryFilter<TConnectionRetryFilter>(this IClientBuilder builder)
            where TConnectionRetryFilter : class, IClientConnectionRetryFilter
        {
            builder.Services.AddSingleton<IClientConnectionRetryFilter, TConnectionRetryFilter>();
            return builder;
        }

        public static IClientBuilder AddOutgoingGrainCallFilter<TImplementation>(this IClientBuilder builder)
            where TImplementation : class, IOutgoingGrainCallFilter
        {
            builder.Services.AddSingleton<IOutgoingGrainCallFilter, TImplementation>();
            return builder;
        }

        public static IClientBuilder AddActivityPropagation(this IClientBuilder builder) => builder;
    }
}
