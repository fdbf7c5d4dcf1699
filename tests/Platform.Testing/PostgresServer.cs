using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Platform.Testing;

/// <summary>
/// A PostgreSQL server of the test run's own: in a temporary folder, on loopback, with fsync as in production, gone at the end. Its default collation is
/// a human language, so that a column that forgot to ask for byte order shows.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("platform-postgres-").FullName;
    private readonly string _bin = FindBinaries();
    private readonly int _port = FreePort();
    private string _options = "";

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Folder of pg_dump and pg_restore that fit this server; null: those of the PATH have to.</summary>
    public string? Tools => File.Exists(Path.Combine(_bin, "pg_dump")) ? _bin : null;

    /// <summary>Where write-ahead log and base backup of tests of recovery lie; the server may write there.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <param name="options">Settings beside those of all tests, by the folder of the server.</param>
    public static async Task<PostgresServer> StartAsync(Func<string, string>? options = null)
    {
        var server = new PostgresServer();
        server._options = options?.Invoke(server._folder) ?? "";
        await server.OwnAsync();
        await server.RunAsync("initdb", "-D", server.Data, "-U", "owner", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8",
            "--locale-provider=icu", "--icu-locale=en-US", "--no-sync", "--no-instructions");
        await server.ResumeAsync();
        return server;
    }

    /// <summary>As programs of PostgreSQL take it.</summary>
    public string ConnectionStringOf(string database) => $"host=127.0.0.1 port={_port.ToString(CultureInfo.InvariantCulture)} user=owner dbname={database}";

    public string ConnectionString(string database, string user = "owner") => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = _port,
        Username = user,
        Database = database,
        Timeout = 5,
    }.ToString();

    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres"));
        await using var command = source.CreateCommand($"CREATE DATABASE {name}");
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>Starts the server again after <see cref="Kill"/>; returns when it answers.</summary>
    public Task ResumeAsync() => RunAsync("pg_ctl", "start", "-w", "-t", "60", "-D", Data, "-l", Path.Combine(_folder, "log"), "-o",
        $"-c listen_addresses=127.0.0.1 -c port={_port} -c unix_socket_directories={_folder} -c max_connections=60 -c shared_buffers=16MB -c max_wal_size=64MB {_options}");

    /// <summary>One of the programs of PostgreSQL, as the user of the server.</summary>
    public Task RunToolAsync(string program, params string[] arguments) => RunAsync(program, arguments);

    /// <summary>Puts a base backup in the place of what the server has lost.</summary>
    public Task ReplaceDataAsync(string by) => RunShellAsync($"rm -rf '{Data}' && mv '{by}' '{Data}'");

    /// <summary>As the user of the server.</summary>
    public Task RunShellAsync(string script) => User is null ? ExecuteAsync("/bin/sh", ["-c", script]) : ExecuteAsync("runuser", ["-u", User, "--", "/bin/sh", "-c", script]);

    /// <summary><c>kill -9</c> of the server and of all its processes.</summary>
    public void Kill()
    {
        var pid = int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);
        var children = Process.GetProcesses().Where(process => ParentOf(process.Id) == pid).ToList();
        using var postmaster = Process.GetProcessById(pid);
        foreach (var process in children.Prepend(postmaster)) process.Kill();
        foreach (var process in children) process.WaitForExit();
        postmaster.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        // Immediate: nothing of it is kept. Not there when a test failed between its kill and its restart.
        if (File.Exists(Path.Combine(Data, "postmaster.pid"))) await RunAsync("pg_ctl", "stop", "-w", "-m", "immediate", "-D", Data).ContinueWith(_ => { }, TaskScheduler.Default);
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static int ParentOf(int pid)
    {
        try
        {
            // pid (name) state parent ...: the name may hold spaces, the last bracket ends it.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return -1;
        }
    }

    private static string FindBinaries()
    {
        const string debian = "/usr/lib/postgresql";
        var folders = Directory.Exists(debian)
            ? Directory.GetDirectories(debian).OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin"))
            : [];
        folders = folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
        return folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")))
            ?? throw new InvalidOperationException("These tests need PostgreSQL 15 or later (initdb, pg_ctl). On Debian: apt-get install postgresql-15. They are not skipped without it.");
    }

    // PostgreSQL refuses to run as root.
    private static readonly string? User = Environment.UserName != "root" ? null : File.ReadAllText("/etc/passwd").Contains("\npostgres:", StringComparison.Ordinal) ? "postgres" : "nobody";

    private Task OwnAsync() => User is null ? Task.CompletedTask : ExecuteAsync("chown", [User, _folder]);

    private Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_bin, program);
        return User is null ? ExecuteAsync(path, arguments) : ExecuteAsync("runuser", ["-u", User, "--", path, .. arguments]);
    }

    // Output goes to a file, not to a pipe: the server would inherit the pipe and keep it open.
    private async Task ExecuteAsync(string program, IEnumerable<string> arguments)
    {
        var output = Path.Combine(_folder, "output");
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        foreach (var argument in (string[])["-c", "out=$1; shift; \"$@\" > \"$out\" 2>&1", "sh", output, program, .. arguments]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} failed: {await File.ReadAllTextAsync(output)}");
    }
}
