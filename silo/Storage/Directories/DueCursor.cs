namespace Platform.Silo.Storage.Directories;

/// <summary>
/// Goes round a queue of due rows. Each call continues where the last one ended and begins anew at the end, so that rows whose grains fail
/// (a state that cannot be read) do not keep the others waiting for ever.
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
        var from = Volatile.Read(ref _after);
        var rows = await read(from, limit);
        if (rows.Count < limit && from != Start)
        {
            var again = await read(Start, limit - rows.Count);
            rows = [.. rows, .. again.Where(row => !rows.Contains(row))];
        }

        Volatile.Write(ref _after, rows.Count < limit ? Start : rows[^1]);
        return [.. rows.Select(row => PrefixedId.Parse<SessionId>(row.Id))];
    }
}
