using Microsoft.Data.Sqlite;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Sqlite;

/// <summary>Holds the file's write lock from outside: the writer waits, so that what comes next meets in its queue.</summary>
internal sealed class WriterGate : IDisposable
{
    private readonly SqliteConnection _connection;

    public WriterGate(string directory)
    {
        _connection = TestDatabase.Foreign(directory);
        _connection.Scalar("BEGIN IMMEDIATE");
    }

    public void Dispose()
    {
        _connection.Scalar("ROLLBACK");
        _connection.Dispose();
    }
}
