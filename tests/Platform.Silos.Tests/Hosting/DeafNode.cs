using Platform.Silo.Hosting.Clustering;

namespace Platform.Silos.Tests.Hosting;

/// <summary>A silo that does not take what the others tell it, while a test wants that: it is as if it hung, and goes on as if it had not.</summary>
internal sealed class DeafNode : IIncomingGrainCallFilter
{
    private TaskCompletionSource? _hearing;

    public void StopHearing() => _hearing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Hear() => _hearing?.SetResult();

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (_hearing is { } hearing && context.InterfaceMethod.DeclaringType == typeof(IInvalidationService)) await hearing.Task;
        await context.Invoke();
    }
}
