using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Platform.Storage.Backups;

/// <summary><c>pg_dump</c> and <c>pg_restore</c> on the database of a connection string. Its password goes by the environment, which other users of the machine do not see.</summary>
internal sealed class PostgresTool(string connectionString, string? folder)
{
    private const int MaxErrors = 4_000;

    /// <summary>What a program needs of its surroundings, and those by which libpq and Npgsql are told of a server alike. Settings of the platform, and with them its master key, are none of it.</summary>
    private static readonly string[] Inherited = ["PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TEMP", "TMP", "TZ", "LD_LIBRARY_PATH", "SYSTEMROOT"];

    private const string OfLibpq = "PG";

    /// <summary>Runs the tool.</summary>
    /// <param name="tool">Its name.</param>
    /// <param name="arguments">Without those of the connection.</param>
    /// <param name="input">Writes its input; null: it has none.</param>
    /// <param name="output">Reads its output; null: it has none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="BackupException">It is not there, or failed.</exception>
    public async Task RunAsync(string tool, string[] arguments, Func<Stream, Task>? input, Func<Stream, Task>? output, CancellationToken cancellationToken)
    {
        using var process = Start(tool, arguments);
        using var end = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var errors = ReadErrorsAsync(process.StandardError);
        var reading = output is null ? process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None) : output(process.StandardOutput.BaseStream);
        var written = true;
        try
        {
            await using (var stream = process.StandardInput.BaseStream)
            {
                if (input is not null) await input(stream);
            }
        }
        catch (IOException)
        {
            // It has ended; why, it says itself.
            written = false;
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        try
        {
            await reading;
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        if (process.ExitCode != 0 || !written) throw new BackupException($"{tool} failed: {await errors}");
    }

    private Process Start(string tool, string[] arguments)
    {
        var path = folder is { Length: > 0 } ? Path.Combine(folder, tool) : tool;
        var start = new ProcessStartInfo(path, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => !IsInherited(name)).ToArray()) start.Environment.Remove(name);
        foreach (var (name, value) in Environment()) start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new BackupException(
                $"{path} cannot be started: {missing.Message}. Install the client programs of PostgreSQL (Debian: postgresql-client), or name their folder with {BackupOptions.Section}:{nameof(BackupOptions.PostgresTools)}.", missing);
        }
    }

    private static bool IsInherited(string name) => Inherited.Contains(name, StringComparer.OrdinalIgnoreCase) || name.StartsWith(OfLibpq, StringComparison.Ordinal);

    private IEnumerable<(string Name, string Value)> Environment()
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        (string Name, string? Value)[] all =
        [
            ("PGHOST", connection.Host),
            ("PGPORT", connection.Port.ToString(CultureInfo.InvariantCulture)),
            ("PGDATABASE", connection.Database ?? connection.Username),
            ("PGUSER", connection.Username),
            ("PGPASSWORD", connection.Password),
            ("PGPASSFILE", connection.Passfile),
            ("PGSSLMODE", connection.SslMode switch { SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full", var mode => mode.ToString().ToLowerInvariant() }),
            ("PGSSLROOTCERT", connection.RootCertificate),
            ("PGSSLCERT", connection.SslCertificate),
            ("PGSSLKEY", connection.SslKey),
            ("PGOPTIONS", connection.Options),
            ("PGAPPNAME", "platform-backup"),
            ("LC_ALL", "C"),
        ];
        return all.Where(pair => !string.IsNullOrEmpty(pair.Value)).Select(pair => (pair.Name, pair.Value!));
    }

    private static async Task<string> ReadErrorsAsync(StreamReader errors)
    {
        var text = "";
        while (await errors.ReadLineAsync(CancellationToken.None) is { } line) text = text.Length < MaxErrors ? $"{text}{(text.Length == 0 ? "" : " ")}{line}" : text;
        return text;
    }
}
