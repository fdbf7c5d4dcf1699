using System.Security.Cryptography;
using System.Text;

namespace Platform.Process.Tests.Commands;

/// <summary>A database as the version before the last script left it.</summary>
internal static class OlderSchema
{
    private static readonly string[] Scripts =
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "silo", "Platform.Storage", "Database", TestDatabases.ArePostgres ? "PostgreSql" : "Sqlite"), "0*.sql").Order(StringComparer.Ordinal)];

    /// <summary>Name of the script that has not run.</summary>
    public static string Missing => Path.GetFileName(Scripts[^1]);

    public static async Task MakeAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        await TestDatabases.OpenAsync(folder);
        await TestDatabases.ExecuteAsync(folder, "CREATE TABLE schema_version (version integer NOT NULL PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at text NOT NULL DEFAULT '')");
        for (var i = 0; i < Scripts.Length - 1; i++)
        {
            var sql = await File.ReadAllTextAsync(Scripts[i]);
            await TestDatabases.ExecuteAsync(folder, sql);
            await TestDatabases.ExecuteAsync(folder, $"INSERT INTO schema_version (version, name, sha256) VALUES ({i + 1}, '{Path.GetFileName(Scripts[i])}', '{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)))}')");
        }
    }

    /// <summary>Says for which installation it was made.</summary>
    public static Task BelongsToAsync(string folder, string environment, byte[] fingerprint)
    {
        return TestDatabases.ExecuteAsync(
            folder, $"INSERT INTO secrets (name, fingerprint) VALUES ('environment', {Literal(Encoding.UTF8.GetBytes(environment))}), ('master_key', {Literal(fingerprint)})");

        static string Literal(byte[] bytes) => TestDatabases.ArePostgres ? $"'\\x{Convert.ToHexString(bytes)}'::bytea" : $"X'{Convert.ToHexString(bytes)}'";
    }
}
