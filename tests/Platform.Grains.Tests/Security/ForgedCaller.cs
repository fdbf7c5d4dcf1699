using Microsoft.Extensions.DependencyInjection;

namespace Platform.Grains.Tests.Security;

/// <summary>
/// Somebody who reaches the silo without being of the cluster: what the platform put into the context of a call is replaced as the last thing before it leaves.
/// Calls that grains make are left alone.
/// </summary>
internal sealed class ForgedCaller : IOutgoingGrainCallFilter
{
    private readonly AsyncLocal<Action?> _forge = new();

    /// <summary>Replaces the context of the calls of the current flow; null: calls as the platform's own.</summary>
    public Action? Forge { set => _forge.Value = value; }

    public void Put(IServiceCollection services) => services.AddSingleton<IOutgoingGrainCallFilter>(this);

    public Task Invoke(IOutgoingGrainCallContext context)
    {
        if (context.SourceContext is null) _forge.Value?.Invoke();
        return context.Invoke();
    }
}
