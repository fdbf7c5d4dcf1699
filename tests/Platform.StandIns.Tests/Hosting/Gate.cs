using System.Collections.Concurrent;

namespace Platform.StandIns.Tests.Hosting;

/// <summary>Points at which a grain and a test meet, by name; a wait gives up after ten seconds.</summary>
public static class Gate
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> Points = new(StringComparer.Ordinal);

    public static void Open(string name) => Point(name).TrySetResult();

    public static Task Passed(string name) => Point(name).Task.WaitAsync(Patience);

    public static bool IsOpen(string name) => Point(name).Task.IsCompleted;

    private static TaskCompletionSource Point(string name)
        => Points.GetOrAdd(name, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
