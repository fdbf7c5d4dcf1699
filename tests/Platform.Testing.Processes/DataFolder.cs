using System.Text;

namespace Platform.Testing.Processes;

/// <summary>A data directory of one test. It outlives the processes that use it, until the test is over.</summary>
public sealed class DataFolder : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("platform-process-").FullName;

    /// <summary>Does not exist before the first start: the platform makes it.</summary>
    public string Path => System.IO.Path.Combine(_root, "data");

    public string CertificatePath => System.IO.Path.Combine(Path, "tls", "localhost.pem");

    /// <summary>Names of the files in which the text occurs, and "PostgreSQL" where that holds the data.</summary>
    public async Task<IReadOnlyList<string>> PlacesWithAsync(string text)
    {
        var needle = Encoding.UTF8.GetBytes(text);
        var files = Directory.GetFiles(Path, "*", SearchOption.AllDirectories);
        files.Length.ShouldBeGreaterThan(2, "there is nothing to search");
        var places = files.Where(file => ReadShared(file).AsSpan().IndexOf(needle) >= 0).Select(file => System.IO.Path.GetRelativePath(Path, file)).ToList();
        if (TestDatabases.ArePostgres && (await TestDatabases.DumpAsync(Path)).Contains(Encoding.Latin1.GetString(needle), StringComparison.Ordinal)) places.Add("PostgreSQL");
        return places;
    }

    public async ValueTask DisposeAsync()
    {
        await TestDatabases.DropAsync(Path);
        Directory.Delete(_root, recursive: true);
    }

    private static byte[] ReadShared(string file)
    {
        // By another process' eyes: the lock file is refused by the class library, not by the kernel.
        using var content = new MemoryStream();
        using var cat = Bash.Start("cat -- \"$1\"", file);
        cat.StandardOutput.BaseStream.CopyTo(content);
        cat.WaitForExit();
        return content.ToArray();
    }
}
