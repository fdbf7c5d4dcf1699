using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Services;

namespace Orleans.Services
{
    /// <summary>One on every silo, called by the silo's address.</summary>
    public interface IGrainService : IAddressable;

    public interface IGrainServiceClient<TGrainService>
        where TGrainService : IGrainService;
}

namespace Orleans.Runtime
{
    /// <summary>The silo that a grain service is made for.</summary>
    public sealed class Silo
    {
        internal Silo() { }
    }

    /// <summary>Accepted; the stand-in starts none, since nobody is there to call it.</summary>
    public abstract class GrainService : IGrainService
    {
        protected GrainService(GrainId grainId, Silo silo, ILoggerFactory loggerFactory) { }
    }
}

namespace Orleans.Runtime.Services
{
    public abstract class GrainServiceClient<TGrainService> : IGrainServiceClient<TGrainService>
        where TGrainService : IGrainService
    {
        protected GrainServiceClient(IServiceProvider serviceProvider) { }

        protected TGrainService GetGrainService(SiloAddress destination) =>
            throw new NotSupportedException("The Orleans stand-in is one process: there is no other silo to call.");
    }
}

namespace Orleans.Hosting
{
    /// <summary>Grain services talk between silos: needs Orleans itself, and is refused when the host starts.</summary>
    public static class GrainServicesSiloBuilderExtensions
    {
        public static ISiloBuilder AddGrainService<T>(this ISiloBuilder builder)
            where T : GrainService
        {
            OneProcessOnly.Refuse(builder.Services, nameof(AddGrainService), OneProcessOnly.ServerPackage);
            return builder;
        }
    }
}
