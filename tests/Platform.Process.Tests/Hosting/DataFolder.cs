using System.Text;

namespace Platform.ProcessTests.Hosting;

/// <summary>A data directory of one test. It outlives the processes that use it, until the test is over.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("platform-process-").FullName;

    /// <summary>Does not exist before the first start: the platform makes it.</summary>
    public string Path => System.IO.Path.Combine(_root, "data");

    public string CertificatePath => System.IO.Path.Combine(Path, "tls", "localhost.pem");

    /// <summary>Names of the files in which the text occurs.</summary>
    public IReadOnlyList<string> FilesWith(string text)
    {
        var needle = Encoding.UTF8.GetBytes(text);
        var files = Directory.GetFiles(Path, "*", SearchOption.AllDirectories);
        files.Length.ShouldBeGreaterThan(3, "there is nothing to search");
        return [.. files.Where(file => ReadShared(file).AsSpan().IndexOf(needle) >= 0).Select(file => System.IO.Path.GetRelativePath(Path, file))];
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

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
