namespace Platform.Security;

/// <summary>
/// Whether the hashing threads stand still: they run only when nothing else wants the processor (<see cref="LowPriority"/>), so that whatever else fills the machine would keep everybody from
/// signing in. Pure: the queue locks, and says how late it is by a clock that only goes on.
/// </summary>
internal sealed class HashingStall
{
    /// <summary>Far longer than validations keep a processor to themselves, far shorter than callers wait.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>A hash of a high cost takes long without standing still.</summary>
    private const int Durations = 4;

    private TimeSpan _shortest = TimeSpan.MaxValue;
    private TimeSpan _progressAt;

    /// <summary>Somebody waits or is hashed who was alone in that.</summary>
    public void Begin(TimeSpan now) => _progressAt = now;

    public void Finish(TimeSpan now, TimeSpan duration)
    {
        _progressAt = now;
        if (duration < _shortest) _shortest = duration;
    }

    /// <summary>Asked only while somebody waits or is hashed.</summary>
    public bool Is(TimeSpan now)
    {
        var usual = _shortest == TimeSpan.MaxValue ? TimeSpan.Zero : _shortest * Durations;
        return now - _progressAt >= Patience + usual;
    }
}
