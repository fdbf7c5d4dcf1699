using System.Runtime.CompilerServices;

namespace Platform.Testing;

/// <summary>A test of what only the SQLite file has. Skipped, and said so, where the tests run on PostgreSQL.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SqliteFactAttribute : FactAttribute
{
    /// <param name="subject">What it is about, as the subject of a sentence.</param>
    /// <param name="file">By the compiler.</param>
    /// <param name="line">By the compiler.</param>
    public SqliteFactAttribute(string subject, [CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : base(file, line)
    {
        if (TestDatabases.ArePostgres) Skip = $"{subject} exists on SQLite only; this run is on PostgreSQL.";
    }
}
