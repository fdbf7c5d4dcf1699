using System.Diagnostics;
using Orleans.Runtime;

namespace Orleans.Calls;

/// <summary>Looks four times a second for calls that took too long and for chains of calls that wait for themselves.</summary>
internal sealed class CallWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly InFlightCalls _calls;
    private readonly Func<bool> _cancelOnTimeout;
    private readonly ITimer _timer;

    public CallWatch(InFlightCalls calls, Func<bool> cancelOnTimeout)
    {
        _calls = calls;
        _cancelOnTimeout = cancelOnTimeout;
        using (ExecutionContext.SuppressFlow())
        {
            // Real time also where a test drives the clock, as in Orleans.
            _timer = TimeProvider.System.CreateTimer(static state => ((CallWatch)state!).Look(), this, Interval, Interval);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        foreach (var late in _calls.Where(static call => Stopwatch.GetElapsedTime(call.SentAt) > call.Timeout))
        {
            if (_cancelOnTimeout())
            {
                late.SignalCancellation();
            }

            late.Fail(new TimeoutException($"Response did not arrive on time in {late.Timeout} for message: {late}."));
        }

        foreach (var stuck in _calls.Where(static call => call is { State: CallState.Waiting, Activation: not null, Parent: not null }
            && Stopwatch.GetElapsedTime(call.SentAt) > Interval && FindCycle(call) is not null))
        {
            if (FindCycle(stuck) is { } cycle)
            {
                stuck.Fail(new OrleansException($"Deadlock: the grains wait for each other: {cycle}. Mark a method [AlwaysInterleave] or the grain [Reentrant], "
                    + "or use RequestContext.AllowCallChainReentrancy, or break the cycle; in Orleans this call would time out."));
            }
        }
    }

    /// <summary>The chain of calls from the activation that a call waits for back to itself; null when it does not wait for itself.</summary>
    private static string? FindCycle(CallMessage waiting)
    {
        var target = waiting.Activation;
        var path = new List<string> { waiting.Target.ToString() };
        for (var call = waiting.Parent; call is not null; call = call.Parent)
        {
            path.Add(call.Target.ToString());
            if (call.State != CallState.Running)
            {
                return null;
            }

            if (ReferenceEquals(call.Activation, target))
            {
                path.Reverse();
                return string.Join(" -> ", path);
            }
        }

        return null;
    }
}
