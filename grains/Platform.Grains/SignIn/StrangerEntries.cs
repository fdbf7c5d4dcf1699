namespace Platform.SignIn;

/// <summary>How many failures of strangers an access log tells one by one. The others are counted and told once a minute, so that nobody makes it grow without bound (threat T6). Pure.</summary>
internal sealed class StrangerEntries(int perWindow)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private DateTimeOffset _windowStart;
    private DateTimeOffset _toldAt;
    private int _told;
    private int _untold;

    public StrangerEntry Take(DateTimeOffset now)
    {
        if (now < _windowStart || now - _windowStart >= StrangerFailures.Window) (_windowStart, _told) = (now, 0);
        if (_told < perWindow)
        {
            _told++;
            return new StrangerEntry(IsSingle: true, TakeUntold(now));
        }

        _untold++;
        return new StrangerEntry(IsSingle: false, now < _toldAt || now - _toldAt >= Pause ? TakeUntold(now) : 0);
    }

    private int TakeUntold(DateTimeOffset now)
    {
        if (_untold == 0) return 0;
        var count = _untold;
        (_untold, _toldAt) = (0, now);
        return count;
    }
}
