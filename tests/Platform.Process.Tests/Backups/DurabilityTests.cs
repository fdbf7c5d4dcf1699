using System.Text.RegularExpressions;

namespace Platform.Process.Tests.Backups;

/// <summary>What was told as done outlives a loss of power: the kernel is asked to write each new name before anybody hears of it.</summary>
[Trait("Database", "Unused")]
public sealed class DurabilityTests(ITestOutputHelper output) : JournalTest(output)
{
    [Fact, Trait("Fault", "F21")]
    public async Task NewNames_OfBackupJournalAndKey_AreWrittenToTheirFolders()
    {
        Assert.SkipUnless((await Bash.RunAsync("strace -f --seccomp-bpf -e trace=fsync true")).ExitCode == 0, "strace is not on this machine, or may not trace.");
        var (first, second) = (Path.Combine(Journal, "..", Path.GetFileName(Journal) + ".start"), Path.Combine(Journal, "..", Path.GetFileName(Journal) + ".backup"));
        try
        {
            // The start makes key and journal; the command makes a backup beside it.
            var platform = await StartAsync(new PlatformStart(Folder) { Settings = Settings, Launcher = Tracing(first) });
            (await RunTracedAsync(second, "backup", "--to", Target)).ExitCode.ShouldBe(0);
            await platform.StopAsync();

            var start = await ReadWholeAsync(first, "exited with 0");
            ShouldFollow(start, $"link(at)?\\(.*{Regex.Escape(Path.Combine(Folder.Path, "keys", "master.key"))}\"", Path.Combine(Folder.Path, "keys"));
            ShouldFollow(start, "fsync\\(\\d+<" + Regex.Escape(Journal) + "/endings-[^>]*\\.journal>", Journal);
            var backup = await ReadWholeAsync(second, "exited with 0");
            var name = Path.GetFileName(Backups().ShouldHaveSingleItem());
            ShouldFollow(backup, $"rename(at2?)?\\(.*{Regex.Escape(name)}\\.partial\".*{Regex.Escape(name)}\"", Target);
            backup.ShouldMatch("fsync\\(\\d+<" + Regex.Escape(Path.Combine(Target, name)) + "\\.partial>\\) += 0[^$]*rename", "what is in the folder first");
        }
        finally
        {
            File.Delete(first);
            File.Delete(second);
        }
    }

    /// <summary>The platform keeps the process id.</summary>
    private static string[] Tracing(string trace) => ["strace", "-D", "-f", "--seccomp-bpf", "-y", "-q", "-e", "trace=fsync,fdatasync,rename,renameat,renameat2,link,linkat", "-o", trace];

    private Task<BashResult> RunTracedAsync(string trace, params string[] arguments) =>
        PlatformProcess.RunToEndAsync(new PlatformStart(Folder) { Arguments = arguments, Settings = Tools, Launcher = Tracing(trace) });

    /// <summary>The tracer writes its last line after the process has ended.</summary>
    private static async Task<string> ReadWholeAsync(string trace, string end)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30), Time);
        while (true)
        {
            var text = await File.ReadAllTextAsync(trace, timeout.Token);
            if (text.TrimEnd().EndsWith($"+++ {end} +++", StringComparison.Ordinal)) return Joined(text);
            await Task.Yield();
        }
    }

    /// <summary>A call during which another thread made one stands in two lines.</summary>
    private static string Joined(string trace)
    {
        var (lines, begun) = (new List<string>(), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var line in trace.Split('\n'))
        {
            var thread = line.Split(' ')[0];
            if (line.EndsWith(" <unfinished ...>", StringComparison.Ordinal)) begun[thread] = line[..^" <unfinished ...>".Length];
            else if (line.Contains(" resumed>", StringComparison.Ordinal) && begun.Remove(thread, out var call)) lines.Add(call + line[(line.IndexOf(" resumed>", StringComparison.Ordinal) + " resumed>".Length)..]);
            else lines.Add(line);
        }

        return string.Join('\n', lines);
    }

    /// <summary>After the new name comes a successful <c>fsync</c> of the folder.</summary>
    private static void ShouldFollow(string trace, string call, string folder)
    {
        var lines = trace.Split('\n');
        var made = Array.FindIndex(lines, line => Regex.IsMatch(line, call, RegexOptions.NonBacktracking) && line.EndsWith("= 0", StringComparison.Ordinal));
        made.ShouldBeGreaterThanOrEqualTo(0, call);
        lines.Skip(made + 1).ShouldContain(line => Regex.IsMatch(line, "fsync\\(\\d+<" + Regex.Escape(folder) + ">\\) += 0", RegexOptions.NonBacktracking), folder);
    }
}
