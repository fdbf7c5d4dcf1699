using Platform.Security;

namespace Platform.Silo.Storage.Directories;

internal sealed class DataKeyTable(IDatabase database) : IDataKeyTable
{
    private const string Table = "data_keys";

    /// <summary>Subjects in one statement, so that the number of statement texts is bounded.</summary>
    private const int Together = 16;

    private const string Find = $"""
        SELECT subject_id, wrapped FROM {Table}
        WHERE subject_id IN (@s0, @s1, @s2, @s3, @s4, @s5, @s6, @s7, @s8, @s9, @s10, @s11, @s12, @s13, @s14, @s15)
        """;

    private static readonly Operation Query = new("query", Table);
    private static readonly Operation Write = new("write", Table);

    public async Task<IReadOnlyList<DataKeyRow>> FindAsync(IReadOnlyList<string> subjects, CancellationToken cancellationToken)
    {
        var found = new List<DataKeyRow>(subjects.Count);
        foreach (var some in subjects.Chunk(Together))
        {
            var parameters = Enumerable.Range(0, Together).Select(i => ($"@s{i}", (object?)some[Math.Min(i, some.Length - 1)])).ToArray();
            found.AddRange(await database.ReadAsync(
                Query,
                new Statement(Find, parameters),
                row => new DataKeyRow(row.GetString(0), row.GetFieldValue<byte[]>(1) is { Length: > 0 } wrapped ? [.. wrapped] : null),
                cancellationToken));
        }

        return found;
    }

    // Sorted, so that two writers cannot deadlock.
    public Task AddAsync(IReadOnlyList<DataKeyRow> keys, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        [.. keys.OrderBy(key => key.Subject, StringComparer.Ordinal).Select(key => new Statement(
            $"INSERT INTO {Table} (subject_id, wrapped) VALUES (@subject, @wrapped) ON CONFLICT (subject_id) DO NOTHING",
            ("@subject", key.Subject),
            ("@wrapped", key.Wrapped is { } wrapped ? wrapped.ToArray() : [])))],
        Durability.OnDisk,
        cancellationToken);

    public Task DestroyAsync(string subject, DateTimeOffset at, CancellationToken cancellationToken) => database.WriteAsync(
        Write,
        new Statement(
            $"UPDATE {Table} SET wrapped = @nothing, destroyed_at = @at WHERE subject_id = @subject AND destroyed_at IS NULL",
            ("@nothing", Array.Empty<byte>()),
            ("@at", Columns.Ticks(at)),
            ("@subject", subject)),
        cancellationToken);
}
