using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Platform.Storage.Sqlite;

/// <summary>One connection with its prepared statements, used by one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    /// <summary>SQLITE_CONFIG_STMTJRNL_SPILL (https://sqlite.org/c3ref/c_config_covering_index_scan.html).</summary>
    private const int StatementJournalSpill = 26;

    private const int StatementJournalInMemory = 16 * 1024 * 1024;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);

    /// <summary>
    /// A statement that may fail half done, such as an insert into a table with triggers, keeps the pages that it changes until it is over. SQLite puts those beyond 64 KiB
    /// into a file, which costs more than the statement. The setting holds for the process, and only where this is its first use of SQLite; elsewhere writes are slower.
    /// </summary>
    static SqliteSession()
    {
        Batteries_V2.Init();
        _ = raw.sqlite3_config(StatementJournalSpill, StatementJournalInMemory);
    }

    public SqliteSession(string path, SqliteOpenMode mode)
    {
        var builder = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 5 };
        _connection = new SqliteConnection(builder.ToString());
        try
        {
            _connection.Open();
            // FULL: a commit has reached the disk when it returns. Foreign keys and the wait for a foreign lock (a backup tool's) are per connection.
            // What is deleted is overwritten (row PRIVACY): a destroyed key must not lie on in a free corner of a page.
            // The write-ahead log is cut back to 64 MB once a long read that held it is over.
            Run("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 67108864;");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>False after SQLite has rolled back by itself, as it may when the disk is full.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    /// <summary>Statements that are run once, several in one text, without parameters.</summary>
    public void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <returns>Rows changed.</returns>
    public int Execute(Statement statement) => Bind(statement).ExecuteNonQuery();

    public List<T> Query<T>(Statement statement, Func<DbDataReader, T> map)
    {
        var rows = new List<T>();
        using var reader = Bind(statement).ExecuteReader();
        while (reader.Read()) rows.Add(map(reader));
        return rows;
    }

    public void Dispose()
    {
        foreach (var command in _prepared.Values) command.Dispose();
        _connection.Dispose();
    }

    // Statement texts are constants of ours, so their number is bounded and so is this cache.
    private SqliteCommand Bind(Statement statement)
    {
        if (!_prepared.TryGetValue(statement.Sql, out var command))
        {
            command = _connection.CreateCommand();
#pragma warning disable CA2100 // Texts are constants; values are parameters.
            command.CommandText = statement.Sql;
#pragma warning restore CA2100
            foreach (var (name, _) in statement.Parameters) command.Parameters.Add(new SqliteParameter { ParameterName = name });
            _prepared.Add(statement.Sql, command);
        }

        for (var i = 0; i < statement.Parameters.Length; i++) command.Parameters[i].Value = statement.Parameters[i].Value ?? DBNull.Value;
        return command;
    }
}
