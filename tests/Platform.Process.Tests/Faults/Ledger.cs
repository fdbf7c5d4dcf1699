using System.Collections.Concurrent;

namespace Platform.ProcessTests.Faults;

/// <summary>What the platform has acknowledged, as its clients know it.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, State> _sessions = new(StringComparer.Ordinal);
    private int _signIns;
    private int _signOuts;

    private enum State
    {
        Live,

        /// <summary>A sign-out was sent and not answered: either is right, once.</summary>
        Unknown,
        SignedOut,
    }

    public int SignIns => _signIns;

    public int SignOuts => _signOuts;

    /// <summary>Sign-outs whose answer was lost, by what was found afterwards.</summary>
    public (int Live, int Ended) Resolved { get; private set; }

    public IReadOnlyCollection<string> Tokens => [.. _sessions.Keys];

    public void SignedIn(string token)
    {
        _sessions[token] = State.Live;
        Interlocked.Increment(ref _signIns);
    }

    /// <summary>Takes a live session to sign it out; null when there is none.</summary>
    public string? TakeLive(Random random)
    {
        var live = _sessions.Where(pair => pair.Value == State.Live).Select(pair => pair.Key).ToArray();
        if (live.Length == 0) return null;
        var token = live[random.Next(live.Length)];
        return _sessions.TryUpdate(token, State.Unknown, State.Live) ? token : null;
    }

    public void SignedOut(string token)
    {
        _sessions[token] = State.SignedOut;
        Interlocked.Increment(ref _signOuts);
    }

    /// <returns>What is wrong with the answer to a validation; null when nothing is.</returns>
    public string? Judge(string token, bool isLive)
    {
        switch (_sessions[token], isLive)
        {
            case (State.Live, false): return "an acknowledged sign-in was lost";
            case (State.SignedOut, true): return "an acknowledged sign-out was forgotten";
            case (State.Unknown, _):
                _sessions[token] = isLive ? State.Live : State.SignedOut;
                Resolved = isLive ? (Resolved.Live + 1, Resolved.Ended) : (Resolved.Live, Resolved.Ended + 1);
                return null;
            default: return null;
        }
    }
}
