namespace Platform.Silo.Storage.Directories;

/// <summary>
/// Goes round a queue of due rows. A call goes on where the last one ended, so that rows whose grains fail (a state that cannot be read) do not keep
/// the others waiting for ever. A call that returns fewer than asked for has met the end; the next one begins anew.
/// </summary>
internal sealed class DueCursor
{
    private static readonly Position Start = new(long.MinValue, "");
    private Position _after = Start;

    /// <summary>Place of a row: its due time, then its id.</summary>
    public sealed record Position(long Time, string Id);

    /// <param name="limit">Most rows to take.</param>
    /// <param name="read">Reads up to so many rows after a place, in order.</param>
    public async Task<IReadOnlyList<SessionId>> TakeAsync(int limit, Func<Position, int, Task<List<Position>>> read)
    {
        var rows = await read(Volatile.Read(ref _after), limit);
        Volatile.Write(ref _after, rows.Count < limit ? Start : rows[^1]);
        return [.. rows.Select(row => PrefixedId.Parse<SessionId>(row.Id))];
    }
}
