using Platform.Storage;

namespace Platform.Security;

/// <summary>The table of data keys in the database.</summary>
internal sealed class DataKeyTable(IDatabase database) : IDataKeyTable
{
    private const string Table = "data_keys";

    /// <summary>Subjects in one statement: two sizes, so that there are two texts. The larger one is a page of a list.</summary>
    private static readonly FindText Few = new(16);
    private static readonly FindText Many = new(200);

    private static readonly Operation Query = new("query", Table);
    private static readonly Operation Write = new("write", Table);

    public async Task<IReadOnlyList<DataKeyRow>> FindAsync(IReadOnlyList<string> subjects, CancellationToken cancellationToken)
    {
        var found = new List<DataKeyRow>(subjects.Count);
        var text = subjects.Count <= Few.Size ? Few : Many;
        foreach (var some in subjects.Chunk(text.Size))
        {
            found.AddRange(await database.ReadAsync(
                Query,
                text.With(some),
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
        Durability.Durable,
        cancellationToken);

    // Not only marked: the key's bytes go from all files, whatever the row's own outcome was before.
    public async Task DestroyAsync(IReadOnlyList<string> subjects, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await database.WriteAsync(
            Write,
            [.. subjects.Order(StringComparer.Ordinal).Select(subject => new Statement(
                $"UPDATE {Table} SET wrapped = @nothing, destroyed_at = @at WHERE subject_id = @subject AND destroyed_at IS NULL",
                ("@nothing", Array.Empty<byte>()),
                ("@at", Columns.Ticks(at)),
                ("@subject", subject)))],
            Durability.Durable,
            cancellationToken);
        await database.ScrubAsync(cancellationToken);
    }

    private sealed class FindText(int size)
    {
        private readonly string[] _names = [.. Enumerable.Range(0, size).Select(i => $"@s{i}")];
        private string? _sql;

        public int Size => size;

        /// <summary>Places that are left over repeat the last subject.</summary>
        public Statement With(string[] subjects) => new(
            _sql ??= $"SELECT subject_id, wrapped FROM {Table} WHERE subject_id IN ({string.Join(", ", _names)})",
            [.. _names.Select((name, i) => (name, (object?)subjects[Math.Min(i, subjects.Length - 1)]))]);
    }
}
