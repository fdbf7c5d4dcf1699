using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans;

/// <summary>Base of grain classes.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    protected Grain()
        : this(RuntimeContext.Current!)
    {
    }

    /// <summary>For tests that make a grain by hand.</summary>
    protected Grain(IGrainContext grainContext, IGrainRuntime? grainRuntime = null)
    {
        GrainContext = grainContext;
        Runtime = grainRuntime ?? grainContext?.ActivationServices.GetService<IGrainRuntime>()!;
    }

    [AllowNull]
    public IGrainContext GrainContext { get; }

    public GrainReference GrainReference => GrainContext.GrainReference;

    public string IdentityString => GrainContext.GrainId.ToString();

    public string RuntimeIdentity => Runtime?.SiloIdentity ?? string.Empty;

    internal IGrainRuntime Runtime { get; }

    protected IGrainFactory GrainFactory => Runtime.GrainFactory;

    protected internal IServiceProvider ServiceProvider => GrainContext?.ActivationServices ?? Runtime?.ServiceProvider!;

    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation after the running calls.</summary>
    protected void DeactivateOnIdle() => RequiredRuntime.DeactivateOnIdle(GrainContext ?? RuntimeContext.Current!);

    /// <summary>Keeps this activation for at least <paramref name="timeSpan"/>; a negative value takes that back.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => RequiredRuntime.DelayDeactivation(GrainContext ?? RuntimeContext.Current!, timeSpan);

    private IGrainRuntime RequiredRuntime
    {
        get
        {
            if (Runtime is null)
            {
                ThrowNoRuntime();
            }

            return Runtime;
        }
    }

    [DoesNotReturn]
    internal static void ThrowNoRuntime()
        => throw new InvalidOperationException("Grain was created outside of the Orleans creation process and no runtime was specified.");
}
