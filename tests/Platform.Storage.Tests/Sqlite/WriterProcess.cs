using System.Diagnostics;
using System.Globalization;
using Platform.Snippets;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Sqlite;

/// <summary>The process that is killed: writes as fast as it can and prints what was acknowledged, line by line.</summary>
internal static class WriterProcess
{
    /// <summary>First argument of the process; without it the assembly runs its tests.</summary>
    public const string Command = "write";

    public const int Grains = 16;

    public static async Task<int> RunAsync(string directory)
    {
        using var database = await TestDatabase.OpenAsync(directory);
        var storage = database.GrainStorage();
        await using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        var acknowledged = TextWriter.Synchronized(output);
        await Task.WhenAll(Enumerable.Range(0, Grains).Select(async grain =>
        {
            var state = new TestState<StoredSnippet>();
            await storage.ReadStateAsync("snippet", Id(grain), state);
            while (true)
            {
                var next = Number(state) + 1;
                state.State = new StoredSnippet { Name = next.ToString(CultureInfo.InvariantCulture) + new string('x', 2000) };
                await storage.WriteStateAsync("snippet", Id(grain), state);
                await acknowledged.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{grain} {next}"));
            }
        }));
        return 0;
    }

    public static Process Start(string directory, string command = Command)
    {
        var dotnet = Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        var start = new ProcessStartInfo(dotnet) { UseShellExecute = false, RedirectStandardOutput = true };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(typeof(WriterProcess).Assembly.Location);
        start.ArgumentList.Add(command);
        start.ArgumentList.Add(directory);
        return Process.Start(start)!;
    }

    public static GrainId Id(int grain) => GrainId.Create("test", string.Create(CultureInfo.InvariantCulture, $"snp_{grain}"));

    /// <summary>The number in a state; a half-written one would not have its full length.</summary>
    public static long Number(TestState<StoredSnippet> state)
    {
        if (!state.RecordExists) return 0;
        var name = state.State.Name;
        var end = name.IndexOf('x', StringComparison.Ordinal);
        (name.Length - end).ShouldBe(2000);
        return long.Parse(name.AsSpan(0, end), CultureInfo.InvariantCulture);
    }
}
