namespace Platform.Sessions;

/// <summary>
/// Goes round a queue of due rows. A search goes on where the last one ended, so that rows whose grains fail (a state that cannot be read) do not keep
/// the others waiting for ever. A search that finds fewer than asked for has met the end; the next one begins anew.
/// </summary>
internal sealed class DueCursor
{
    private static readonly Position Start = new(long.MinValue, "");
    private Position _after = Start;

    /// <summary>Where the next search begins.</summary>
    public Position After => Volatile.Read(ref _after);

    /// <summary>Place of a row: its due time, then its id.</summary>
    public sealed record Position(long Time, string Id)
    {
        public SessionId Session => PrefixedId.Parse<SessionId>(Id);
    }

    /// <returns>The sessions of what was found, in order.</returns>
    public IReadOnlyList<SessionId> Ended(List<Position> found, int limit)
    {
        Volatile.Write(ref _after, found.Count < limit ? Start : found[^1]);
        return [.. found.Select(position => position.Session)];
    }
}
