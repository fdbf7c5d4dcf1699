using System.Collections.Immutable;
using Platform.Sessions;

namespace Platform.Benchmarks.FirstLooks;

/// <summary>Looks that wait at the same moment go together: while a call is under way others gather, and the first one never waits.</summary>
internal sealed class LookBatcher(IBatchedLooksGrain grain)
{
    private readonly Lock _gate = new();
    private List<(BatchedLook Look, TaskCompletionSource<SessionCheck> Answer)> _gathered = [];
    private bool _underWay;

    public Task<SessionCheck> PeekAsync(BatchedLook look)
    {
        var answer = new TaskCompletionSource<SessionCheck>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _gathered.Add((look, answer));
            if (_underWay) return answer.Task;
            _underWay = true;
        }

        _ = SendAsync();
        return answer.Task;
    }

    private async Task SendAsync()
    {
        while (true)
        {
            List<(BatchedLook Look, TaskCompletionSource<SessionCheck> Answer)> batch;
            lock (_gate)
            {
                if (_gathered.Count == 0)
                {
                    _underWay = false;
                    return;
                }

                (batch, _gathered) = (_gathered, []);
            }

            try
            {
                var answers = await grain.PeekAsync([.. batch.Select(waiting => waiting.Look)], default);
                for (var i = 0; i < batch.Count; i++) batch[i].Answer.SetResult(answers[i]);
            }
            catch (Exception failure)
            {
                foreach (var (_, answer) in batch) answer.TrySetException(failure);
            }
        }
    }
}
