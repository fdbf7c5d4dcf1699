using System.Collections.Concurrent;

namespace Platform.Testing.Processes;

/// <summary>What the platform has acknowledged, as its clients know it.</summary>
public sealed class Ledger
{
    private readonly ConcurrentDictionary<string, Entry> _sessions = new(StringComparer.Ordinal);
    private int _signIns;
    private int _signOuts;

    /// <param name="State">As the clients know it.</param>
    /// <param name="EndedAt">Once the end was acknowledged; of the monotonic clock.</param>
    private readonly record struct Entry(State State, long EndedAt = long.MaxValue);

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
        _sessions[token] = new Entry(State.Live);
        Interlocked.Increment(ref _signIns);
    }

    /// <summary>Takes a live session to sign it out; null when there is none.</summary>
    public string? TakeLive(Random random)
    {
        var live = _sessions.Where(pair => pair.Value.State == State.Live).Select(pair => pair.Key).ToArray();
        if (live.Length == 0) return null;
        var token = live[random.Next(live.Length)];
        return TryTake(token) ? token : null;
    }

    /// <summary>Takes this one, to end it: until that is acknowledged either answer is right.</summary>
    public bool TryTake(string token) => _sessions.TryUpdate(token, new Entry(State.Unknown), new Entry(State.Live));

    public void SignedOut(string token)
    {
        _sessions[token] = new Entry(State.SignedOut, TimeProvider.System.GetTimestamp());
        Interlocked.Increment(ref _signOuts);
    }

    /// <summary>While others sign in and out.</summary>
    /// <returns>What is wrong with the answer to a validation; null when nothing is, or it was an outage.</returns>
    public string? Judge(string token, Answer answer)
    {
        var entry = _sessions[token];
        if (answer.IsLive && answer.Asked > entry.EndedAt) return "an acknowledged end was forgotten";
        return answer.IsRefused && entry.State == State.Live ? "a live session was refused" : null;
    }

    /// <summary>While nothing else goes on: settles what became of a sign-out without an answer.</summary>
    /// <returns>What is wrong with the answer to a validation; null when nothing is.</returns>
    public string? Judge(string token, bool isLive)
    {
        switch (_sessions[token].State, isLive)
        {
            case (State.Live, false): return "an acknowledged sign-in was lost";
            case (State.SignedOut, true): return "an acknowledged sign-out was forgotten";
            case (State.Unknown, _):
                _sessions[token] = new Entry(isLive ? State.Live : State.SignedOut);
                Resolved = isLive ? (Resolved.Live + 1, Resolved.Ended) : (Resolved.Live, Resolved.Ended + 1);
                return null;
            default: return null;
        }
    }
}
