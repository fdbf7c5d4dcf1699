using System.Globalization;
using Platform.Snippets;
using Platform.Storage.Tests.Hosting;

namespace Platform.Storage.Tests.Sqlite;

public sealed class SqliteCrashTests
{
    private const int Rounds = 20;

    [Fact]
    [Trait("Fault", "F1")]
    public async Task Kill_InMidWrite_LosesNoAcknowledgedWriteAndLeavesNoHalfOne()
    {
        using var folder = new TempFolder();
        var random = new Random(20260822);
        var acknowledged = new long[WriterProcess.Grains];
        for (var round = 0; round < Rounds; round++)
        {
            using (var process = WriterProcess.Start(folder.Path))
            {
                // The moment is chosen by what was acknowledged, not by the clock. What was printed before the kill is read to the end.
                for (var lines = random.Next(1, 400); lines > 0; lines--) Note(await process.StandardOutput.ReadLineAsync(), acknowledged);
                process.Kill();
                while (await process.StandardOutput.ReadLineAsync() is { } line) Note(line, acknowledged);
                await process.WaitForExitAsync();
            }

            using var database = await TestDatabase.OpenAsync(folder.Path);
            var storage = database.GrainStorage();
            for (var grain = 0; grain < WriterProcess.Grains; grain++)
            {
                var state = new TestState<StoredSnippet>();
                await storage.ReadStateAsync("snippet", WriterProcess.Id(grain), state);
                WriterProcess.Number(state).ShouldBeGreaterThanOrEqualTo(acknowledged[grain], $"round {round}");
                acknowledged[grain] = WriterProcess.Number(state);
            }
        }

        using var connection = TestDatabase.Foreign(folder.Path);
        connection.Scalar("PRAGMA integrity_check").ShouldBe("ok");
    }

    private static void Note(string? line, long[] acknowledged)
    {
        // The last line may be cut off by the kill; then it was not acknowledged.
        var parts = line?.Split(' ');
        if (parts is not [var grain, var number] || number.Length == 0) return;
        var index = int.Parse(grain, CultureInfo.InvariantCulture);
        acknowledged[index] = Math.Max(acknowledged[index], long.Parse(number, CultureInfo.InvariantCulture));
    }
}
