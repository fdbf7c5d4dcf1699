using System.Runtime.CompilerServices;

namespace Platform.Process.Tests.Faults;

/// <summary>A test with a file system of its own, in a mount namespace of its own. Skipped, and said so, where the machine allows none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MountFactAttribute : FactAttribute
{
    private static readonly string[] Namespace = Environment.IsPrivilegedProcess ? ["unshare", "--mount"] : ["unshare", "--map-root-user", "--mount"];
    private static readonly Lazy<bool> IsAllowed = new(Try);

    public MountFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1) : base(file, line)
    {
        if (TestDatabases.ArePostgres) Skip = "The small file system holds the SQLite file; this run is on PostgreSQL.";
        else if (!IsAllowed.Value) Skip = "This machine allows no mounts in a namespace; the test with a file size limit stands in.";
    }

    /// <summary>Puts a small file system on the folder, then becomes the command that follows.</summary>
    public static string[] Launcher(string folder, int megabytes) =>
        [.. Namespace, "bash", "-c", "mount -t tmpfs -o \"size=$1m\" tmpfs \"$2\" && shift 2 && exec \"$@\"", "bash", $"{megabytes}", folder];

    private static bool Try()
    {
        var folder = Directory.CreateTempSubdirectory("platform-mount-").FullName;
        try
        {
            using var process = Bash.Start("exec \"$@\" 2>&1", [.. Launcher(folder, 1), "true"]);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        finally
        {
            Directory.Delete(folder);
        }
    }
}
