using System.Data.Common;

namespace Platform.Storage;

/// <summary>One SQL statement in the dialect that both databases share. Values are strings, 64-bit integers, byte arrays or null (of type text).</summary>
public sealed record Statement(string Sql, params (string Name, object? Value)[] Parameters)
{
    /// <summary>PostgreSQL holds no NUL in any text. Asked of both databases alike, so that no input works on one only.</summary>
    /// <exception cref="StorageInputException">A text has one.</exception>
    public void DemandStorable()
    {
        foreach (var (_, value) in Parameters)
        {
            if (value is string text && text.Contains('\0', StringComparison.Ordinal)) throw new StorageInputException();
        }
    }
}

/// <summary>What an operation is called in metrics and traces: closed sets, never a key or a value.</summary>
/// <param name="Kind">One of read, write, clear, query, batch.</param>
/// <param name="Table">The table it is mainly about.</param>
public readonly record struct Operation(string Kind, string Table);

/// <summary>How much of a commit its caller waits for.</summary>
public enum Durability
{
    /// <summary>Acknowledged means on disk.</summary>
    Durable = 0,

    /// <summary>A crash of the database may forget the last moments. Only for activity clocks, where forgetting means an earlier end of a session.</summary>
    Relaxed = 1,
}

/// <summary>
/// The database that holds our own tables. Throws <see cref="StorageUnavailableException"/> for everything that is not the caller's mistake, <see cref="StorageInputException"/>
/// for values that it cannot hold, and never a driver's exception: those do not cross a grain call.
/// </summary>
public interface IDatabase
{
    /// <summary>Runs the statements in one transaction, in order.</summary>
    /// <returns>Rows changed, summed up.</returns>
    Task<int> WriteAsync(Operation operation, IReadOnlyList<Statement> statements, Durability durability, CancellationToken cancellationToken);

    Task<List<T>> ReadAsync<T>(Operation operation, Statement statement, Func<DbDataReader, T> map, CancellationToken cancellationToken);

    /// <summary>What was overwritten or deleted before this call lies in none of the database's files any more, as far as the database lets us see to it.</summary>
    Task ScrubAsync(CancellationToken cancellationToken);

    /// <summary>Whether reads and writes work now, by the cheapest means.</summary>
    Task<bool> ProbeAsync(CancellationToken cancellationToken);
}

internal static class DatabaseExtensions
{
    public static Task<int> WriteAsync(this IDatabase database, Operation operation, Statement statement, CancellationToken cancellationToken) =>
        database.WriteAsync(operation, [statement], Durability.Durable, cancellationToken);

    /// <summary>Takes due rows for one worker. Several may have read the same row; the one whose update finds it unchanged has it.</summary>
    /// <param name="database">Holds the rows.</param>
    /// <param name="operation">Of the updates.</param>
    /// <param name="due">Rows as they were read.</param>
    /// <param name="claim">An update of the row on condition that it is as it was read.</param>
    /// <returns>Those that nobody else has.</returns>
    public static async Task<List<T>> ClaimAsync<T>(this IDatabase database, Operation operation, IReadOnlyList<T> due, Func<T, Statement> claim, CancellationToken cancellationToken)
    {
        var claimed = new List<T>(due.Count);
        foreach (var row in due)
        {
            if (await database.WriteAsync(operation, claim(row), cancellationToken) == 1) claimed.Add(row);
        }

        return claimed;
    }
}
